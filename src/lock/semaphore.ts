import type { RedisClient } from '../redis/redis-client.js';
import type { Lease } from './lease/lease.js';
import {
  type AcquireOptions,
  lockName,
  type SemaphoreOptions,
  semaphoreOptions,
} from './lock-options.js';
import type { Holder, LockWaiter } from './lock-state.js';
import { type PermitCommands, permitQueues } from './permits/permit-commands.js';
import { semaphorePool } from './permits/permit-pool.js';
import { Acquirer } from './queue/acquirer.js';

/** A semaphore at one moment, as Redis knows it. */
export interface SemaphoreState {
  readonly name: string;
  readonly permits: number;
  /** Who holds a permit, the one whose lease ends first in front. */
  readonly holders: Holder[];
  /** How many wait. Those whose process died are left out. */
  readonly waiters: number;
  /** Who waits, first in the queue first. */
  readonly queue: LockWaiter[];
}

/**
 * Lets a number of callers in at a time, over all processes: fair, fenced, and with a lease for each
 * permit, so that one whose holder died comes back by itself.
 *
 * It works as {@link DistributedLock} does: the same queue, leases, errors and events. Its name is its
 * own: a lock of that name is another thing.
 *
 * @example
 * const semaphore = new Semaphore(redis, 'report-api', { permits: 3 });
 * // Three at a time, first come first served.
 * await semaphore.run((lease) => fetchReport(id, { signal: lease.signal }));
 */
export class Semaphore {
  /** What the semaphore is known by: the same name is the same one, in every process. */
  readonly name: string;
  /** How many leases there can be at once. */
  readonly permits: number;
  readonly #acquirer: Acquirer<PermitCommands>;

  /**
   * Sends nothing yet.
   *
   * @param name any text of at most 1024 bytes
   * @throws {@link QxCacheSettingsError} when the name or an option is not as {@link SemaphoreOptions}
   *   says
   */
  constructor(redis: RedisClient, name: string, options: SemaphoreOptions) {
    const { permits, ...checked } = semaphoreOptions(options);
    this.name = lockName(name, 'Semaphore');
    this.permits = permits;
    const pool = semaphorePool(name, permits);
    this.#acquirer = new Acquirer('Semaphore', redis, checked, (room) =>
      room.commandsOf(permitQueues, { pool, share: 'one' }),
    );
  }

  /**
   * Waits for a permit, in the order in which callers asked.
   *
   * @throws {@link LockTimeoutError} when it is not this caller's turn within `waitSeconds`
   * @throws the reason of `signal`, an `AbortError` by default, when it aborts
   * @throws {@link CacheUnavailableError} when Redis does not answer
   */
  acquire(options?: AcquireOptions): Promise<Lease> {
    return this.#acquirer.acquire(options);
  }

  /**
   * A lease if a permit is free and nobody waits for it, `undefined` otherwise. Never waits.
   *
   * @throws {@link CacheUnavailableError} when Redis does not answer
   */
  async tryAcquire(): Promise<Lease | undefined> {
    return this.#acquirer.tryAcquire();
  }

  /**
   * Runs the work under a permit, and releases it; see {@link DistributedLock.run}. A `run` within that
   * work uses the same permit.
   *
   * @throws what `acquire` and the work throw
   */
  async run<T>(work: (lease: Lease) => Promise<T>, options?: AcquireOptions): Promise<T> {
    return this.#acquirer.run(work, () => this.acquire(options));
  }

  /**
   * Who holds permits and who waits, as Redis knows it now.
   *
   * @throws {@link CacheUnavailableError} when Redis does not answer
   */
  async inspect(): Promise<SemaphoreState> {
    const { owners, waiters } = await this.#acquirer.commands.inspect();
    return {
      name: this.name,
      permits: this.permits,
      holders: owners.map(({ owner, token, leftMs }) => ({
        owner,
        token,
        expiresInSeconds: leftMs / 1000,
      })),
      waiters: waiters.length,
      queue: waiters.map(({ ageMs }, i) => ({ position: i + 1, ageSeconds: ageMs / 1000 })),
    };
  }

  /**
   * Takes all permits from whoever holds them, and hands them to the next waiters. For operators; see
   * {@link DistributedLock.forceRelease}.
   *
   * @returns whether anybody held one
   * @throws {@link CacheUnavailableError} when Redis does not answer
   */
  async forceRelease(): Promise<boolean> {
    return this.#acquirer.forceRelease();
  }
}
