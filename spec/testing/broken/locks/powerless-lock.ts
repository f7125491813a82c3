import { DistributedLock } from '../../../../src/index.js';

/** Releases nothing by force. */
export class PowerlessLock extends DistributedLock {
  override async forceRelease() {
    return (await this.inspect()).held;
  }
}
