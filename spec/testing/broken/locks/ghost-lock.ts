import { setTimeout as sleep } from 'node:timers/promises';
import { type AcquireOptions, DistributedLock, LockTimeoutError } from '../../../../src/index.js';

/** Who gives up waiting stays in the queue, and gets the lock when nobody is there to release it. */
export class GhostLock extends DistributedLock {
  override async acquire({ waitSeconds = 5, ...options }: AcquireOptions = {}) {
    const lease = super.acquire(options);
    lease.catch(() => {});
    const timeout = sleep(waitSeconds * 1000, undefined, { ref: false }).then(() => {
      throw new LockTimeoutError(this.name, waitSeconds);
    });
    return Promise.race([lease, timeout]);
  }
}
