import { type AcquireOptions, DistributedLock, type Lease } from '../../../../src/index.js';
import { changed } from '../changed.js';

/** A lock whose leases have something wrong. */
export abstract class ChangedLeases extends DistributedLock {
  protected abstract change(lease: Lease): Partial<Lease>;

  override async acquire(options?: AcquireOptions) {
    const lease = await super.acquire(options);
    return changed(lease, this.change(lease));
  }

  override async tryAcquire() {
    const lease = await super.tryAcquire();
    return lease && changed(lease, this.change(lease));
  }
}
