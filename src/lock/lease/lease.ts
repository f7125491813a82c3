/**
 * The right to a lock, held until it is released or lost.
 *
 * @example
 * await using lease = await lock.acquire();
 * await fetch(url, { signal: lease.signal });
 * if (!lease.isHeld) return; // lost: another owner may be at it
 * await db.update(row, { fencingToken: lease.token });
 */
export interface Lease extends AsyncDisposable {
  /** The name of the lock. */
  readonly name: string;
  /**
   * The fencing token: a safe integer that is higher with every acquisition of this name. Give it to
   * whatever the lock guards, and let that refuse a token lower than one it has seen: no lock on
   * leases can exclude alone that a paused holder goes on after its lease ended (Kleppmann, "How to
   * do distributed locking").
   */
  readonly token: number;
  /**
   * Aborts when the lease is lost, with a `LockNotHeldError` as its reason, and no later than another
   * owner can get the lock. Does not abort on a release.
   */
  readonly signal: AbortSignal;
  /** Whether the lock is held right now. Computed on each read, so it is right after a pause too. */
  readonly isHeld: boolean;
  /**
   * Lets the lease last `ttlSeconds` from now on, also with each later renewal. Default: as before.
   *
   * @throws {@link LockNotHeldError} when the lease expired, was taken away or released
   * @throws {@link CacheUnavailableError} when Redis does not answer; the lease lasts as before
   */
  renew(ttlSeconds?: number): Promise<void>;
  /**
   * Ends the lease, and hands the lock to the next waiter.
   *
   * @throws {@link LockNotHeldError} when the lease expired, was taken away or released before
   * @throws {@link CacheUnavailableError} when Redis does not answer: the lease then ends by itself
   *   within its time, and `release()` may be called again
   */
  release(): Promise<void>;
}
