import { DistributedLock, type Lease } from '../../../../src/index.js';

/** `run` does not release. */
export class LeakingLock extends DistributedLock {
  override async run<T>(work: (lease: Lease) => Promise<T>) {
    return work(await this.acquire());
  }
}
