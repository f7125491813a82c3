import { isLockTimeoutError, LockTimeoutError } from '../errors/index.js';
import type { RedisClient } from '../redis/redis-client.js';
import { DistributedLock } from './distributed-lock.js';
import { CombinedLease, type LeaseOfAll } from './lease/combined-lease.js';
import type { Lease } from './lease/lease.js';
import {
  type AcquireOptions,
  DEFAULT_WAIT_SECONDS,
  type LockOptions,
  sortedNames,
} from './lock-options.js';

/** What {@link acquireAll} takes: the options of each lock, and of their acquisition. */
export interface AcquireAllOptions extends LockOptions, AcquireOptions {}

/**
 * Acquires several locks: all or none. They are taken one after the other, sorted by name, so two
 * callers that want the same locks in opposite orders can't wait for each other. `waitSeconds` is
 * for all of them together.
 *
 * The lease of all is held while each of them is. Its token is that of the first name in sorted
 * order; each resource is guarded by the token of its own lock, in `leases`.
 *
 * @param names at least one; each counts once
 * @throws {@link QxCacheSettingsError} when there is no name, or one or an option is malformed
 * @throws {@link LockTimeoutError} when not all could be had within `waitSeconds`
 * @throws {@link LockNotHeldError} when one was lost before the last was had
 * @throws {@link CacheUnavailableError} when Redis does not answer
 * @throws the reason of `signal` when it aborts
 * @example
 * await using lease = await acquireAll(redis, ['account:7', 'account:9'], { waitSeconds: 5 });
 * await transfer(lease.leases.get('account:7')?.token, lease.leases.get('account:9')?.token);
 */
export async function acquireAll(
  redis: RedisClient,
  names: readonly string[],
  options: AcquireAllOptions = {},
): Promise<LeaseOfAll> {
  const { signal, ...lockOptions } = options;
  const { waitSeconds = DEFAULT_WAIT_SECONDS } = options;
  const locks = sortedNames(names).map((name) => new DistributedLock(redis, name, lockOptions));
  const begunAt = performance.now();
  const leases: Lease[] = [];
  try {
    for (const lock of locks) {
      const waitedSeconds = (performance.now() - begunAt) / 1000;
      const leftSeconds = leases.length === 0 ? waitSeconds : waitSeconds - waitedSeconds;
      leases.push(await lock.acquire({ waitSeconds: Math.max(0, leftSeconds), signal }));
    }
    const combined = new CombinedLease(leases as [Lease, ...Lease[]]);
    if (!combined.isHeld) throw combined.signal.reason;
    return combined;
  } catch (error) {
    // What can't be released ends by itself; why there is no lease is what the caller should hear.
    for (const lease of leases.reverse()) await lease.release().catch(() => undefined);
    if (isLockTimeoutError(error)) throw new LockTimeoutError(error.lockName, waitSeconds);
    throw error;
  }
}
