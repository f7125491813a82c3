import { toTimerDelay } from '../settings/durations.js';

/** How a wait ended. */
export type WaitOutcome =
  /** The lock was handed over. It has to be confirmed within the claim lease. */
  | 'granted'
  /** The queue has lost this waiter: it has to ask again, with the same ticket. */
  | 'place-lost'
  | 'timed-out';

/** One acquisition that may have to wait. */
export class Waiter {
  readonly id: string;
  /** Its place in the queue, once it has one. It keeps it when it has to ask again. */
  ticket: number | undefined;
  #isGranted = false;
  #settle: ((outcome: WaitOutcome) => void) | undefined;
  #fail: ((error: unknown) => void) | undefined;

  constructor(id: string) {
    this.id = id;
  }

  /** It is about to ask: what was granted before is void. */
  reset(): void {
    this.#isGranted = false;
  }

  /** Also before it waits: a push can be faster than the reply that says where it stands. */
  grant(): void {
    this.#isGranted = true;
    this.#settle?.('granted');
  }

  askAgain(): void {
    this.#settle?.('place-lost');
  }

  fail(error: unknown): void {
    this.#fail?.(error);
  }

  /** @throws the reason of `signal` when it aborts, and what `fail` gave */
  wait(milliseconds: number, signal: AbortSignal | undefined): Promise<WaitOutcome> {
    if (this.#isGranted) return Promise.resolve('granted');
    return new Promise<WaitOutcome>((resolve, reject) => {
      const end = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
        this.#settle = undefined;
        this.#fail = undefined;
      };
      const settle = (outcome: WaitOutcome) => {
        end();
        resolve(outcome);
      };
      const fail = (error: unknown) => {
        end();
        reject(error);
      };
      const onAbort = () => fail(signal?.reason);
      const timer =
        milliseconds === Number.POSITIVE_INFINITY
          ? undefined
          : setTimeout(() => settle('timed-out'), toTimerDelay(milliseconds / 1000));
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#settle = settle;
      this.#fail = fail;
    });
  }
}
