import { lockEvents } from '../diagnostics/index.js';
import { LockTimeoutError } from '../errors/index.js';
import { settingsOf } from '../redis/client-settings.js';
import type { RedisClient } from '../redis/redis-client.js';
import { checkFunction } from '../settings/check-function.js';
import { toMilliseconds } from '../settings/durations.js';
import { Acquisition, type LockSetup } from './acquisition.js';
import type { HeldLease } from './held-lease.js';
import type { Lease } from './lease.js';
import {
  type AcquireOptions,
  acquireOptions,
  type LockOptions,
  lockName,
  lockOptions,
} from './lock-options.js';
import type { LockState } from './lock-state.js';
import { runWith } from './run-with.js';
import { waitingRoomOf } from './waiting-room.js';

/**
 * A lock that at most one of all callers in all processes holds: fair, fenced, and released by
 * itself when its holder dies.
 *
 * Waiters get it in the order in which they asked. A release hands it to the next one directly and
 * wakes it by a push. A lock object has no state: each acquisition is one of its own, also of two
 * through the same object, so a caller that holds the lock and acquires it again waits for itself.
 *
 * @example
 * const lock = new DistributedLock(redis, 'outbox-relay-leader', { ttlSeconds: 30 });
 * await using lease = await lock.acquire();
 * await relay.runOnce(); // leaving the block releases
 */
export class DistributedLock {
  /** What the lock is known by: the same name is the same lock, in every process. */
  readonly name: string;
  readonly #setup: LockSetup;
  readonly #waitSeconds: number;

  /**
   * Sends nothing yet.
   *
   * @param name any text of at most 1024 bytes
   * @throws {@link QxCacheSettingsError} when the name or an option is not as {@link LockOptions} says
   */
  constructor(redis: RedisClient, name: string, options: LockOptions = {}) {
    const checked = lockOptions(options);
    const longestMs = toMilliseconds(checked.maxHoldSeconds ?? Number.POSITIVE_INFINITY);
    const room = waitingRoomOf(redis, checked.namespace ?? settingsOf(redis).namespace);
    this.name = lockName(name);
    this.#waitSeconds = checked.waitSeconds;
    this.#setup = {
      room,
      commands: room.commandsOf(this.name),
      ttlMs: Math.min(toMilliseconds(checked.ttlSeconds), longestMs),
      keeping: { isRenewing: checked.renew, longestMs },
    };
  }

  /**
   * Waits for its turn, and resolves to a lease that lasts until it is released or lost.
   *
   * @throws {@link LockTimeoutError} when it is not this caller's turn within `waitSeconds`
   * @throws the reason of `signal`, an `AbortError` by default, when it aborts
   * @throws {@link CacheUnavailableError} when Redis does not answer
   * @example
   * await using lease = await lock.acquire({ waitSeconds: 2, signal: request.signal });
   */
  async acquire(options?: AcquireOptions): Promise<Lease> {
    return this.#acquire(options);
  }

  /**
   * A lease if the lock is free and nobody waits for it, `undefined` otherwise. Never waits.
   *
   * @throws {@link CacheUnavailableError} when Redis does not answer
   * @example
   * await using lease = await lock.tryAcquire();
   * if (lease) await sweep(lease.signal);
   */
  async tryAcquire(): Promise<Lease | undefined> {
    const acquisition = new Acquisition(this.#setup);
    return this.#tellAcquired(acquisition, await acquisition.try());
  }

  /**
   * Runs the work under the lock, and releases it.
   *
   * What the work returns or throws is what this gives, also when the lock was lost meanwhile: its
   * error then carries that of the release as the last `cause` of its chain, and the diagnostics
   * channel `qx-cache:lock` tells `lost`. Work that must not go on without the lock looks at
   * `lease.signal`.
   *
   * @throws what `acquire` and the work throw
   * @example
   * const total = await lock.run((lease) => recount(lease.token, lease.signal));
   */
  async run<T>(work: (lease: Lease) => Promise<T>, options?: AcquireOptions): Promise<T> {
    checkFunction('DistributedLock.run', 'work', work);
    return runWith(await this.acquire(options), work);
  }

  /**
   * Who holds the lock and who waits, as Redis knows it now. For people and dashboards: by the time
   * it is read it may have changed.
   *
   * @throws {@link CacheUnavailableError} when Redis does not answer
   */
  async inspect(): Promise<LockState> {
    const { isHeld, token, leftMs, agesMs } = await this.#setup.commands.inspect();
    return {
      name: this.name,
      held: isHeld,
      ...(isHeld && { token, expiresInSeconds: leftMs / 1000 }),
      waiters: agesMs.length,
      queue: agesMs.map((ageMs, index) => ({ position: index + 1, ageSeconds: ageMs / 1000 })),
    };
  }

  /**
   * Takes the lock from whoever holds it, and hands it to the next waiter. For operators: the old
   * holder goes on until its next renewal; only the fencing token stops its writes.
   *
   * @returns whether anybody held it
   * @throws {@link CacheUnavailableError} when Redis does not answer
   */
  async forceRelease(): Promise<boolean> {
    const { commands, room } = this.#setup;
    const wasHeld = await commands.forceRelease(room.newId());
    if (wasHeld) lockEvents.emit(() => ({ event: 'forced', name: this.name }));
    return wasHeld;
  }

  async #acquire(options?: AcquireOptions): Promise<HeldLease> {
    const { signal, waitSeconds = this.#waitSeconds } = options ? acquireOptions(options) : {};
    signal?.throwIfAborted();
    const acquisition = new Acquisition(this.#setup, signal);
    const acquired =
      waitSeconds === 0 ? await acquisition.try() : await acquisition.wait(waitSeconds * 1000);
    const lease = this.#tellAcquired(acquisition, acquired);
    if (lease) return lease;
    const waitedSeconds = acquisition.elapsedMs / 1000;
    lockEvents.emit(() => ({ event: 'timed-out', name: this.name, waitedSeconds }));
    throw new LockTimeoutError(this.name, waitSeconds);
  }

  #tellAcquired({ elapsedMs }: Acquisition, lease: HeldLease | undefined): HeldLease | undefined {
    if (!lease) return undefined;
    const { name, token } = lease;
    lockEvents.emit(() => ({ event: 'acquired', name, token, waitedSeconds: elapsedMs / 1000 }));
    return lease;
  }
}
