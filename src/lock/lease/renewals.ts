import { setTimeout as sleep } from 'node:timers/promises';
import { toTimerDelay } from '../../settings/durations.js';
import type { RenewReply } from '../scripts/renew.js';
import { LeaseClock } from './lease-clock.js';

/** How a lease is kept. */
export interface Keeping {
  /** Whether it renews itself. */
  readonly isRenewing: boolean;
  /** How long it is kept by renewing itself, in milliseconds. */
  readonly longestMs: number;
}

/** The lease that is renewed. */
export interface Renewable {
  /** Sends a renewal. `onLateReply` gets a reply that came after the time limit. */
  send(ttlMs: number, onLateReply: (reply: RenewReply) => void): Promise<RenewReply>;
  onRenewed(): void;
  onRefused(reason: 'expired' | 'taken'): void;
  /** The time is over, and no renewal got through. */
  onOver(): void;
  /** A renewal was granted after the renewals had been stopped. */
  onStray(): void;
}

/** A lease renews itself when this part of its time is over, */
const RENEW_AFTER = 1 / 3;
/** and a renewal that failed is sent again after this part. */
const RETRY_AFTER = 1 / 10;
/** A confirmation that failed is sent again after so many milliseconds. */
const CONFIRM_AGAIN_MS = 100;
/** A timer may fire so much too early, in milliseconds. */
const EARLY_MS = 1;

/**
 * Keeps a lease alive, one renewal at a time, and says when it is over. A renewal that Redis did
 * not answer proves nothing, so it is sent again until the time is over. A single timer, which
 * does not keep the process alive.
 */
export class Renewals {
  readonly #clock: LeaseClock;
  readonly #lease: Renewable;
  readonly #keptUntil: number;
  #ttlMs: number;
  #renewAt: number;
  #isConfirming = false;
  #inFlight: Promise<unknown> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #lastLook: NodeJS.Immediate | undefined;
  #isStopped = false;

  constructor(clock: LeaseClock, ttlMs: number, keeping: Keeping, lease: Renewable) {
    this.#clock = clock;
    this.#ttlMs = ttlMs;
    this.#lease = lease;
    const now = LeaseClock.now();
    this.#keptUntil = keeping.isRenewing ? now + keeping.longestMs : now;
    this.#renewAt = keeping.isRenewing
      ? now + clock.leftMs - ttlMs * (1 - RENEW_AFTER)
      : Number.POSITIVE_INFINITY;
    this.#schedule();
  }

  /**
   * Renews now, after a renewal that is on its way.
   *
   * @param ttlMs for this and the later ones; by default as before
   */
  async now(ttlMs?: number): Promise<void> {
    while (this.#inFlight) await this.#inFlight;
    if (this.#isStopped) return;
    if (await this.#send(ttlMs ?? this.#ttlMs)) this.#lease.onRenewed();
    if (ttlMs !== undefined) this.#ttlMs = ttlMs;
  }

  /**
   * Lets Redis know that what it handed over has arrived; again and again, until Redis has answered or
   * the time is over. Until then Redis may hand it on.
   */
  async confirm(): Promise<void> {
    this.#isConfirming = true;
    while (!this.#isStopped) {
      try {
        await this.#send(this.#ttlMs);
        break;
      } catch {
        await sleep(CONFIRM_AGAIN_MS, undefined, { ref: false });
      }
    }
    this.#isConfirming = false;
  }

  /** Whether it is not known yet that Redis has heard of the arrival. */
  get isConfirming(): boolean {
    return this.#isConfirming;
  }

  /** Whether a renewal was sent that is not answered yet. */
  get isInFlight(): boolean {
    return this.#inFlight !== undefined;
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    clearImmediate(this.#lastLook);
  }

  /** @returns whether the lease goes on because of it */
  async #send(ttlMs: number): Promise<boolean> {
    const sentAt = LeaseClock.now();
    this.#clock.limit(sentAt, ttlMs);
    const sending = this.#lease.send(ttlMs, (late) => {
      if (this.#isStopped && late.is === 'renewed') this.#lease.onStray();
    });
    this.#inFlight = sending.catch(() => undefined);
    this.#schedule();
    const reply = await sending.finally(() => {
      this.#inFlight = undefined;
    });
    if (this.#isStopped) {
      if (reply.is === 'renewed') this.#lease.onStray();
      return false;
    }
    if (reply.is !== 'renewed') {
      this.#lease.onRefused(reply.is);
      return false;
    }
    this.#clock.extend(sentAt, ttlMs);
    this.#renewAt =
      sentAt < this.#keptUntil ? sentAt + ttlMs * RENEW_AFTER : Number.POSITIVE_INFINITY;
    this.#schedule();
    return true;
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    if (this.#isStopped) return;
    const delay = Math.min(this.#renewAt - LeaseClock.now(), this.#clock.leftMs);
    this.#timer = setTimeout(() => this.#onTimer(), toTimerDelay(delay / 1000));
    this.#timer.unref();
  }

  #onTimer(): void {
    if (this.#clock.leftMs < EARLY_MS) {
      this.#onOver();
      return;
    }
    const now = LeaseClock.now();
    if (now >= this.#renewAt - EARLY_MS) this.#renewByItself(now);
    this.#schedule();
  }

  /** After the process had no time for its timers, the answer to a renewal may wait to be read. */
  #onOver(): void {
    if (!this.#inFlight) {
      this.#lease.onOver();
      return;
    }
    this.#lastLook = setImmediate(() => {
      if (this.#clock.leftMs < EARLY_MS) this.#lease.onOver();
      else this.#schedule();
    });
    this.#lastLook.unref();
  }

  /** The last renewal asks for less, so that the lease ends when it is to end. */
  #renewByItself(now: number): void {
    const ttlMs = Math.min(this.#ttlMs, Math.floor(this.#keptUntil - now));
    if (ttlMs - this.#clock.leftMs < this.#ttlMs * RETRY_AFTER) {
      this.#renewAt = Number.POSITIVE_INFINITY;
      return;
    }
    this.#renewAt = now + this.#ttlMs * RETRY_AFTER;
    if (this.#inFlight || this.#isConfirming) return;
    this.#send(ttlMs).then(
      (isRenewed) => isRenewed && this.#lease.onRenewed(),
      () => undefined,
    );
  }
}
