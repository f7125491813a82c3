import { type AcquireOptions, DistributedLock, type Lease } from '../../../../src/index.js';

/** Who has the lock gets it again, and so does everybody else in that process. */
export class ReentrantLock extends DistributedLock {
  #lease: Lease | undefined;

  override async acquire(options?: AcquireOptions) {
    return this.#enter(await this.#held(), () => super.acquire(options));
  }

  override async tryAcquire() {
    return this.#enter(await this.#held(), () => super.tryAcquire());
  }

  async #held() {
    return this.#lease?.isHeld ? this.#lease : undefined;
  }

  async #enter<L extends Lease | undefined>(held: Lease | undefined, get: () => Promise<L>) {
    this.#lease = held ?? (await get());
    return this.#lease as L & Lease;
  }
}
