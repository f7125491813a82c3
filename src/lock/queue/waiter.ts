import { onAbort } from '../../redis/on-abort.js';
import { toTimerDelay } from '../../settings/durations.js';
import { LeaseClock } from '../lease/lease-clock.js';
import { CLAIM_MS } from '../scripts/hand-on.js';

/** How a wait ended. */
export type WaitOutcome =
  /** It is this one's turn. What is granted has to be confirmed within the claim lease. */
  | 'granted'
  /** The queue has lost this waiter: it has to ask again, with the same ticket. */
  | 'place-lost'
  | 'timed-out';

/** A request whose answer told that nothing was granted yet. */
export interface Look {
  /** When it was sent. */
  readonly sentAt: number;
  /** How long its answer took, in milliseconds. */
  readonly tookMs: number;
  /** A token above it was granted later than that. */
  readonly seen: number;
}

/** Where it waits. */
interface Line {
  leave(waiter: Waiter): void;
}

/**
 * With less than this part of a claim lease for certain, or less than so many times of what the last
 * answer took, its confirmation is waited for.
 */
const ENOUGH = 1 / 4;
const ROUND_TRIPS = 4;

/**
 * One acquisition that may have to wait. There can be many thousands, so it has no closures of its own
 * where others can do.
 */
export class Waiter {
  readonly id: string;
  /** Its place in the queue, once it has one. It keeps it when it has to ask again. */
  ticket: number | undefined;
  #look: Look | undefined;
  #isGranted = false;
  #token: number | undefined;
  /** While it waits; a promise that is rejected makes it fail. */
  #settled: ((outcome: WaitOutcome | Promise<never>) => void) | undefined;
  #line: Line | undefined;
  #timer: NodeJS.Timeout | undefined;
  #unwatch: (() => void) | undefined;

  constructor(id: string) {
    this.id = id;
  }

  /** It is about to ask: what was granted before is void. */
  reset(): void {
    this.#isGranted = false;
    this.#token = undefined;
    this.#look = undefined;
  }

  /** Nothing was granted when that request was carried out. */
  sawNothing(look: Look): void {
    if (!this.#look || look.sentAt > this.#look.sentAt) this.#look = look;
  }

  /**
   * Also before it waits: a push can be faster than the reply that says where it stands.
   *
   * @param token if the one that tells knows it
   */
  grant(token?: number): void {
    if (this.#isGranted) return;
    this.#isGranted = true;
    this.#token = token;
    this.#settle('granted');
  }

  /**
   * What was granted, if it can be used before its confirmation is answered: when it is known for
   * certain to be new, as its claim lease counts from no earlier than the last look. A message that
   * was under way for long tells of a grant that may be over.
   */
  get freshGrant(): { token: number; clock: LeaseClock } | undefined {
    const look = this.#look;
    const token = this.#token;
    // A push without a token gives NaN, which is above nothing.
    const isNew = token !== undefined && look !== undefined && token > look.seen;
    if (!isNew) return undefined;
    const clock = new LeaseClock(look.sentAt, CLAIM_MS);
    const needsMs = Math.max(CLAIM_MS * ENOUGH, look.tookMs * ROUND_TRIPS);
    return clock.leftMs > needsMs ? { token, clock } : undefined;
  }

  askAgain(): void {
    this.#settle('place-lost');
  }

  timeOut(): void {
    this.#settle('timed-out');
  }

  fail(error: unknown): void {
    if (this.#settled) this.#settle(Promise.reject(error));
  }

  /**
   * @param line left when the wait is over, whatever ended it
   * @throws the reason of `signal` when it aborts, and what `fail` gave
   */
  wait(milliseconds: number, signal: AbortSignal | undefined, line: Line): Promise<WaitOutcome> {
    const waiting = new Promise<WaitOutcome>((resolve) => {
      this.#settled = resolve;
    });
    this.#line = line;
    if (milliseconds !== Number.POSITIVE_INFINITY)
      this.#timer = setTimeout(timeOut, toTimerDelay(milliseconds / 1000), this);
    if (signal) this.#unwatch = onAbort(signal, () => this.fail(signal.reason));
    if (signal?.aborted) this.fail(signal.reason);
    else if (this.#isGranted) this.#settle('granted');
    return waiting;
  }

  #settle(outcome: WaitOutcome | Promise<never>): void {
    const settled = this.#settled;
    if (!settled) return;
    this.#settled = undefined;
    clearTimeout(this.#timer);
    this.#unwatch?.();
    this.#line?.leave(this);
    settled(outcome);
  }
}

function timeOut(waiter: Waiter): void {
  waiter.timeOut();
}
