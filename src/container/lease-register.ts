import type { Lease } from '../lock/index.js';
import type { Lifetime } from '../mediator/lifetime.js';

/** How many leases are kept before those that are over get sorted out. */
const firstLimit = 64;

/** The leases that a container has given out, so that closing it can release them. */
export class LeaseRegister {
  readonly #lifetime: Lifetime;
  readonly #leases = new Set<Lease>();
  #limit = firstLimit;

  constructor(lifetime: Lifetime) {
    this.#lifetime = lifetime;
    lifetime.track(() => Promise.allSettled([...this.#leases].map((lease) => lease.release())));
  }

  /** The signal for a caller that waits and has none of its own. */
  get signal(): AbortSignal {
    return this.#lifetime.signal;
  }

  /**
   * Keeps a lease that was just granted.
   *
   * @throws {@link CacheUnavailableError} when the container was closed meanwhile; the lease is
   *   released then
   */
  async keep<L extends Lease>(lease: L): Promise<L> {
    if (this.#lifetime.isOver) await lease.release().catch(() => {});
    this.#lifetime.throwIfOver();
    this.#leases.add(lease);
    // A lease does not tell when it is over. Looking only now and then makes that cost next to nothing.
    if (this.#leases.size >= this.#limit) this.#sortOut();
    return lease;
  }

  #sortOut(): void {
    for (const lease of this.#leases) {
      if (!lease.isHeld) this.#leases.delete(lease);
    }
    this.#limit = Math.max(firstLimit, 2 * this.#leases.size);
  }
}
