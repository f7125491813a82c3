import { DistributedLock, type Lease } from '../../../../src/index.js';

/** `run` as it comes to mind: what the release throws replaces what the work gave. */
export class FinallyLock extends DistributedLock {
  override async run<T>(work: (lease: Lease) => Promise<T>) {
    const lease = await this.acquire();
    try {
      return await work(lease);
    } finally {
      await lease.release();
    }
  }
}
