import { DistributedLock } from '../../../../src/index.js';

/** Does not see whose it is. */
export class BlindLock extends DistributedLock {
  override async inspect() {
    const { name, held, waiters, queue } = await super.inspect();
    return { name, held, waiters, queue };
  }
}
