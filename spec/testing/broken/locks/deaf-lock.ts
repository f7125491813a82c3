import { type AcquireOptions, DistributedLock } from '../../../../src/index.js';

/** Nobody can stop waiting for it. */
export class DeafLock extends DistributedLock {
  override acquire({ signal, ...options }: AcquireOptions = {}) {
    return super.acquire(options);
  }
}
