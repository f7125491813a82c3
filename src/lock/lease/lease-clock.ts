/**
 * Part of every lease that is not used, for clocks that don't run at the same rate: NTP slews a
 * clock by 0.05 % at most.
 */
const DRIFT = 0.002;
/** Redis counts whole milliseconds, and a timer may be late by one. */
const ROUNDING_MS = 2;

/**
 * Knows how long a lease lasts for certain, by the monotonic clock of this process.
 *
 * It counts from when the request that was granted was *sent*: the server counts from when it
 * carried it out, which is later. So a lease ends here before it ends there. Being computed on each
 * look, that also holds in the first line after the process was stopped for a while.
 */
export class LeaseClock {
  #endsAt: number;

  /** @param sentAt when the request was sent; see {@link LeaseClock.now} */
  constructor(sentAt: number, ttlMs: number) {
    this.#endsAt = endOf(sentAt, ttlMs);
  }

  /** Milliseconds of a clock that nobody sets. */
  static now(): number {
    return performance.now();
  }

  /** How much is left, in milliseconds; nothing or less when the lease is over. */
  get leftMs(): number {
    return this.#endsAt - LeaseClock.now();
  }

  get isOver(): boolean {
    return this.leftMs <= 0;
  }

  /** A renewal was granted. */
  extend(sentAt: number, ttlMs: number): void {
    this.#endsAt = endOf(sentAt, ttlMs);
  }

  /** A renewal is sent: should it make the lease end earlier, it may do so from now on. */
  limit(sentAt: number, ttlMs: number): void {
    this.#endsAt = Math.min(this.#endsAt, endOf(sentAt, ttlMs));
  }
}

function endOf(sentAt: number, ttlMs: number): number {
  return sentAt + Math.max(ttlMs / 2, ttlMs * (1 - DRIFT) - ROUNDING_MS);
}
