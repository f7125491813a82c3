import { asOperation, lockEvents, type Operation } from '../../diagnostics/index.js';
import { LockTimeoutError } from '../../errors/index.js';
import type { RedisClient } from '../../redis/redis-client.js';
import { checkFunction } from '../../settings/check-function.js';
import { toMilliseconds } from '../../settings/durations.js';
import type { HeldLease } from '../lease/held-lease.js';
import { heldLease, holding } from '../lease/held-locks.js';
import type { Lease } from '../lease/lease.js';
import { runWith } from '../lease/run-with.js';
import type { LockCommands } from '../lock-commands.js';
import { type AcquireOptions, acquireOptions, type CheckedLockOptions } from '../lock-options.js';
import { AccompanyingAttempt } from './accompanying-attempt.js';
import { Acquisition, type LockSetup } from './acquisition.js';
import type { QueueCommands } from './queue-commands.js';
import { type WaitingRoom, waitingRoomOf } from './waiting-room.js';

/** Acquires one lock, or the like, as its options say, and tells the diagnostics channel. */
export class Acquirer<Commands extends QueueCommands> {
  readonly #room: WaitingRoom;
  readonly commands: Commands;
  readonly #subject: string;
  readonly #setup: LockSetup;
  readonly #waitSeconds: number;

  /**
   * @param subject the class whose methods these are, for messages
   * @param commandsIn the scripts of the lock, in a waiting room
   */
  constructor(
    subject: string,
    redis: RedisClient,
    options: CheckedLockOptions,
    commandsIn: (room: WaitingRoom) => Commands,
  ) {
    const { namespace, ttlSeconds, renew, waitSeconds } = options;
    const longestMs = toMilliseconds(options.maxHoldSeconds ?? Number.POSITIVE_INFINITY);
    this.#subject = subject;
    this.#room = waitingRoomOf(redis, namespace);
    this.commands = commandsIn(this.#room);
    this.#waitSeconds = waitSeconds;
    this.#setup = {
      room: this.#room,
      commands: this.commands,
      ttlMs: Math.min(toMilliseconds(ttlSeconds), longestMs),
      keeping: { isRenewing: renew, longestMs },
    };
  }

  async acquire(options?: AcquireOptions): Promise<Lease> {
    const { signal, waitSeconds = this.#waitSeconds } = options
      ? acquireOptions(options, this.#subject)
      : {};
    signal?.throwIfAborted();
    const acquisition = new Acquisition(this.#setup, signal);
    const acquired = await this.#telling(
      () => (waitSeconds === 0 ? acquisition.try() : acquisition.wait(waitSeconds * 1000)),
      'failed',
      'LockTimeoutError',
    );
    if (acquired) return acquired.announce(acquisition.elapsedMs);
    const { label } = this.commands;
    const waitedSeconds = acquisition.elapsedMs / 1000;
    lockEvents.emit(() => ({ event: 'timed-out', ...label, waitedSeconds }));
    throw new LockTimeoutError(label.name, waitSeconds);
  }

  async tryAcquire(): Promise<Lease | undefined> {
    const acquisition = new Acquisition(this.#setup);
    const acquired = await this.#telling(() => acquisition.try(), 'not-free');
    return acquired?.announce(acquisition.elapsedMs);
  }

  /** An attempt that is sent together with something else. */
  accompany(this: Acquirer<LockCommands>): AccompanyingAttempt {
    return new AccompanyingAttempt({ ...this.#setup, commands: this.commands });
  }

  /**
   * Runs work under a lease. Within that work, and whatever it calls, a further run enters again.
   *
   * @param acquire gives the lease of the outermost run
   */
  async run<T>(work: (lease: Lease) => Promise<T>, acquire: () => Promise<Lease>): Promise<T> {
    checkFunction(`${this.#subject}.run`, 'work', work);
    const { commands } = this;
    const scope = this.#room;
    const outer = heldLease(scope, commands);
    if (outer) return work(outer);
    const { address, mark } = commands;
    return runWith(await acquire(), (lease) =>
      holding([{ scope, address, mark, lease }], () => work(lease)),
    );
  }

  /**
   * Tells those who listen of an acquisition.
   *
   * @param missed how it ended if it got none
   */
  #telling(
    acquire: () => Promise<HeldLease | undefined>,
    ...missed: Parameters<Operation['end']>
  ): Promise<HeldLease | undefined> {
    return asOperation(
      () => ({ area: 'lock', operation: 'acquire', ...this.commands.label }),
      acquire,
      (operation, lease) => (lease ? operation.end('acquired') : operation.end(...missed)),
    );
  }

  /** Takes it from whoever holds it, and hands it on. Tells whether anybody did. */
  async forceRelease(): Promise<boolean> {
    const wasHeld = await this.commands.forceRelease(this.#room.newId());
    const { label } = this.commands;
    if (wasHeld) lockEvents.emit(() => ({ event: 'forced', ...label }));
    return wasHeld;
  }
}
