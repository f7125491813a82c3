import type { RedisClient } from '../redis/redis-client.js';
import type { Lease } from './lease/lease.js';
import { type AcquireOptions, type LockOptions, lockName, lockOptions } from './lock-options.js';
import type { Holder, LockWaiter } from './lock-state.js';
import { type PermitCommands, permitQueues } from './permits/permit-commands.js';
import { readWritePool } from './permits/permit-pool.js';
import { Acquirer } from './queue/acquirer.js';

/** A read-write lock at one moment, as Redis knows it. */
export interface ReadWriteLockState {
  readonly name: string;
  /** Who reads, the one whose lease ends first in front. */
  readonly readers: Holder[];
  /** Who writes. Then nobody reads. */
  readonly writer?: Holder;
  /** How many wait. Those whose process died are left out. */
  readonly waiters: number;
  /** Who waits, first in the queue first. */
  readonly queue: (LockWaiter & { readonly wants: 'read' | 'write' })[];
}

/**
 * Lets in any number of readers or one writer, over all processes: fair, fenced, on leases.
 *
 * All of them stand in one queue, in the order in which they asked: a reader that comes after a waiting
 * writer waits behind it, so readers can't starve a writer, nor writers a reader. Readers that are next to
 * each other in the queue get in together. It works as {@link DistributedLock} does: the same leases,
 * errors and events; its name is its own.
 *
 * A reader can't become a writer: `write` while holding the only `read` waits for itself.
 *
 * @example
 * const lock = new ReadWriteLock(redis, 'price-list');
 * await using lease = await lock.read(); // or lock.write()
 */
export class ReadWriteLock {
  /** What the lock is known by: the same name is the same one, in every process. */
  readonly name: string;
  readonly #readers: Acquirer<PermitCommands>;
  readonly #writers: Acquirer<PermitCommands>;

  /**
   * Sends nothing yet.
   *
   * @param name any text of at most 1024 bytes
   * @throws {@link QxCacheSettingsError} when the name or an option is not as {@link LockOptions} says
   */
  constructor(redis: RedisClient, name: string, options: LockOptions = {}) {
    const checked = lockOptions(options, 'ReadWriteLock');
    this.name = lockName(name, 'ReadWriteLock');
    const pool = readWritePool(name);
    this.#readers = new Acquirer('ReadWriteLock', redis, checked, (room) =>
      room.commandsOf(permitQueues, { pool, share: 'one' }),
    );
    this.#writers = new Acquirer('ReadWriteLock', redis, checked, (room) =>
      room.commandsOf(permitQueues, { pool, share: 'all' }),
    );
  }

  /**
   * Waits until nobody writes and nobody who asked before waits to.
   *
   * @throws {@link LockTimeoutError} when it is not this caller's turn within `waitSeconds`
   * @throws the reason of `signal`, an `AbortError` by default, when it aborts
   * @throws {@link CacheUnavailableError} when Redis does not answer
   */
  read(options?: AcquireOptions): Promise<Lease> {
    return this.#readers.acquire(options);
  }

  /**
   * Waits until nobody else reads or writes.
   *
   * @throws what `read` throws
   */
  write(options?: AcquireOptions): Promise<Lease> {
    return this.#writers.acquire(options);
  }

  /** A lease if one can read at once and nobody waits, `undefined` otherwise. Never waits. */
  async tryRead(): Promise<Lease | undefined> {
    return this.#readers.tryAcquire();
  }

  /** A lease if one can write at once and nobody waits, `undefined` otherwise. Never waits. */
  async tryWrite(): Promise<Lease | undefined> {
    return this.#writers.tryAcquire();
  }

  /**
   * Runs the work while nobody writes; see {@link DistributedLock.run}. Within the work of a run that
   * reads or writes, it enters again.
   *
   * @throws what `read` and the work throw
   */
  async runRead<T>(work: (lease: Lease) => Promise<T>, options?: AcquireOptions): Promise<T> {
    return this.#readers.run(work, () => this.read(options));
  }

  /**
   * Runs the work while nobody else reads or writes. Within the work of a run that writes, it enters
   * again; within one that only reads, it waits for itself.
   *
   * @throws what `write` and the work throw
   */
  async runWrite<T>(work: (lease: Lease) => Promise<T>, options?: AcquireOptions): Promise<T> {
    return this.#writers.run(work, () => this.write(options));
  }

  /**
   * Who reads or writes and who waits, as Redis knows it now.
   *
   * @throws {@link CacheUnavailableError} when Redis does not answer
   */
  async inspect(): Promise<ReadWriteLockState> {
    const { owners, waiters } = await this.#readers.commands.inspect();
    const holders = owners.map(({ owner, token, leftMs, hasAll }) => ({
      hasAll,
      holder: { owner, token, expiresInSeconds: leftMs / 1000 },
    }));
    const writer = holders.find(({ hasAll }) => hasAll)?.holder;
    return {
      name: this.name,
      readers: holders.filter(({ hasAll }) => !hasAll).map(({ holder }) => holder),
      ...(writer && { writer }),
      waiters: waiters.length,
      queue: waiters.map(({ ageMs, wantsAll }, index) => ({
        position: index + 1,
        ageSeconds: ageMs / 1000,
        wants: wantsAll ? 'write' : 'read',
      })),
    };
  }

  /**
   * Takes the lock from all who read or write, and hands it to the next waiters. For operators; see
   * {@link DistributedLock.forceRelease}.
   *
   * @returns whether anybody held it
   * @throws {@link CacheUnavailableError} when Redis does not answer
   */
  async forceRelease(): Promise<boolean> {
    return this.#writers.forceRelease();
  }
}
