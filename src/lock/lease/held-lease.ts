import {
  beginOperation,
  lockEvents,
  nameOfError,
  type Operation,
} from '../../diagnostics/index.js';
import { LockNotHeldError, type LockNotHeldReason } from '../../errors/index.js';
import { toMilliseconds } from '../../settings/durations.js';
import { renewTtl } from '../lock-options.js';
import type { QueueCommands } from '../queue/queue-commands.js';
import type { Lease } from './lease.js';
import { LeaseClock } from './lease-clock.js';
import { type Keeping, Renewals } from './renewals.js';

/** What Redis granted. */
export interface Grant {
  readonly commands: QueueCommands;
  /** The id of the acquisition, which is now the owner. */
  readonly id: string;
  readonly token: number;
  readonly ttlMs: number;
  readonly clock: LeaseClock;
  /** False when it was handed over, and Redis has not heard yet that it arrived. */
  readonly isConfirmed: boolean;
}

/**
 * `unsure`: a release was not answered. It may have been carried out, so the lock does not count as
 * held; it can be released again.
 */
type Phase = 'held' | 'releasing' | 'unsure' | 'released' | 'lost';

/** The lease of one acquisition. */
export class HeldLease implements Lease {
  readonly name: string;
  readonly token: number;
  /** Settles when Redis has answered the confirmation, or the lease is over; `undefined`: none is needed. */
  readonly confirmation: Promise<void> | undefined;
  readonly #commands: QueueCommands;
  readonly #id: string;
  readonly #clock: LeaseClock;
  readonly #renewals: Renewals;
  readonly #heldSince = LeaseClock.now();
  #phase: Phase = 'held';
  #isReleaseAsked = false;
  #loss: LockNotHeldError | undefined;
  #controller: AbortController | undefined;
  /** Ends with the lease, if somebody listens. */
  hold: Operation | undefined;

  constructor({ commands, id, token, ttlMs, clock, isConfirmed }: Grant, keeping: Keeping) {
    this.name = commands.label.name;
    this.token = token;
    this.#commands = commands;
    this.#id = id;
    this.#clock = clock;
    this.#renewals = new Renewals(clock, ttlMs, keeping, {
      send: (ttl, onLateReply) => commands.renew(id, ttl, onLateReply),
      onRenewed: () => lockEvents.emit(() => ({ event: 'renewed', ...commands.label, token })),
      onRefused: (reason) => this.#lose(reason),
      onOver: () => this.#lose('expired'),
      onStray: () => {
        if (this.#phase === 'lost') commands.giveBack(id);
      },
    });
    if (!isConfirmed) this.confirmation = this.#renewals.confirm();
  }

  /** Tells the diagnostics channels of it. */
  announce(waitedMs: number): this {
    const { token } = this;
    const { label } = this.#commands;
    const waitedSeconds = waitedMs / 1000;
    lockEvents.emit(() => ({ event: 'acquired', ...label, token, waitedSeconds }));
    this.hold = beginOperation(() => ({ area: 'lock', operation: 'hold', ...label, token }));
    return this;
  }

  get isHeld(): boolean {
    this.#noticeEnd();
    return this.#phase === 'held' && !this.#clock.isOver;
  }

  get signal(): AbortSignal {
    this.#noticeEnd();
    // Made only when somebody wants it: most leases are shorter than it takes to lose them.
    if (!this.#controller) {
      this.#controller = new AbortController();
      if (this.#loss) this.#controller.abort(this.#loss);
    }
    return this.#controller.signal;
  }

  async renew(ttlSeconds?: number): Promise<void> {
    const ttlMs = ttlSeconds === undefined ? undefined : toMilliseconds(renewTtl(ttlSeconds));
    if (this.#renewals.isConfirming) await this.confirmation;
    this.#mustBeHeld();
    await this.#renewals.now(ttlMs);
    this.#mustBeHeld();
  }

  async release(): Promise<void> {
    this.#isReleaseAsked = true;
    // While a renewal is under way, Redis knows better than the clock: its answer may have come
    // while the process had no time to read it.
    const isForRedisToSay =
      this.#phase === 'unsure' || (this.#phase === 'held' && this.#renewals.isInFlight);
    if (!isForRedisToSay) this.#mustBeHeld();
    this.#phase = 'releasing';
    this.#renewals.stop();
    const reply = await this.#commands.release(this.#id).catch((error: unknown) => {
      this.#phase = 'unsure';
      this.#tellLost(error);
      throw error;
    });
    if (reply !== 'released') throw this.#lose(reply);
    this.#phase = 'released';
    const heldSeconds = (LeaseClock.now() - this.#heldSince) / 1000;
    const { token } = this;
    lockEvents.emit(() => ({ event: 'released', ...this.#commands.label, token, heldSeconds }));
    this.hold?.end('released');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#isReleaseAsked) await this.release();
  }

  /**
   * Timers stand still with their process; the clock is looked at wherever it matters. The answer to a
   * confirmation may have come while the process had no time to read it: until then the lease does not
   * count as held, and is not given up either.
   */
  #noticeEnd(): void {
    if (this.#phase !== 'held' || !this.#clock.isOver) return;
    if (!this.#renewals.isConfirming) this.#lose('expired');
  }

  #mustBeHeld(): void {
    if (this.isHeld) return;
    throw this.#loss ?? new LockNotHeldError(this.name, 'released');
  }

  #lose(reason: LockNotHeldReason): LockNotHeldError {
    if (this.#loss) return this.#loss;
    const loss = new LockNotHeldError(this.name, reason);
    this.#loss = loss;
    this.#phase = 'lost';
    this.#renewals.stop();
    this.#controller?.abort(loss);
    // Redis may still count it as held, for a moment or because of a renewal on its way.
    if (reason === 'expired') this.#commands.giveBack(this.#id);
    this.#tellLost(loss);
    return loss;
  }

  #tellLost(why: unknown): void {
    const { token } = this;
    lockEvents.emit(() => ({ event: 'lost', ...this.#commands.label, token }));
    this.hold?.end('lost', nameOfError(why));
  }
}
