import type { RedisClient } from '../redis/redis-client.js';
import type { Lease } from './lease/lease.js';
import { type LockCommands, lockQueues } from './lock-commands.js';
import { type AcquireOptions, type LockOptions, lockName, lockOptions } from './lock-options.js';
import type { LockState } from './lock-state.js';
import { Acquirer } from './queue/acquirer.js';

/**
 * A lock that at most one of all callers in all processes holds: fair, fenced, and released by
 * itself when its holder dies.
 *
 * Waiters get it in the order in which they asked. A release hands it to the next one directly and
 * wakes it by a push. A lock object has no state: each acquisition is one of its own, also of two
 * through the same object, so a caller that holds the lock and acquires it again waits for itself.
 * Only `run` within the work of a `run` enters again.
 *
 * @example
 * const lock = new DistributedLock(redis, 'outbox-relay-leader', { ttlSeconds: 30 });
 * await using lease = await lock.acquire();
 * await relay.runOnce(); // leaving the block releases
 */
export class DistributedLock {
  /** What the lock is known by: the same name is the same lock, in every process. */
  readonly name: string;
  readonly #acquirer: Acquirer<LockCommands>;

  /**
   * Sends nothing yet.
   *
   * @param name any text of at most 1024 bytes
   * @throws {@link QxCacheSettingsError} when the name or an option is not as {@link LockOptions} says
   */
  constructor(redis: RedisClient, name: string, options: LockOptions = {}) {
    const checked = lockOptions(options);
    this.name = lockName(name);
    this.#acquirer = new Acquirer('DistributedLock', redis, checked, (room) =>
      room.commandsOf(lockQueues, this.name),
    );
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
  acquire(options?: AcquireOptions): Promise<Lease> {
    return this.#acquirer.acquire(options);
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
    return this.#acquirer.tryAcquire();
  }

  /**
   * Runs the work under the lock, and releases it.
   *
   * A `run` of the same lock within that work, and within whatever it calls, enters again: it neither
   * waits nor releases, and gets the same lease, as long as that is held.
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
    return this.#acquirer.run(work, () => this.acquire(options));
  }

  /**
   * Who holds the lock and who waits, as Redis knows it now. For people and dashboards: by the time
   * it is read it may have changed.
   *
   * @throws {@link CacheUnavailableError} when Redis does not answer
   */
  async inspect(): Promise<LockState> {
    const { isHeld, owner, token, leftMs, agesMs } = await this.#acquirer.commands.inspect();
    return {
      name: this.name,
      held: isHeld,
      ...(isHeld && { owner, token, expiresInSeconds: leftMs / 1000 }),
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
    return this.#acquirer.forceRelease();
  }
}
