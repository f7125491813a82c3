import { CacheUnavailableError, isCacheUnavailableError } from '../errors/index.js';
import { toTimerDelay } from '../settings/durations.js';
import type { ChannelListener, Subscriber } from './channel-listener.js';
import { onAbort } from './on-abort.js';

/** What a look at Redis says. */
export type Verdict<T> =
  /** An answer for the one who looked; the others look again. */
  | { readonly for: 'looker'; readonly answer: T }
  /** An answer for everybody who waits. */
  | { readonly for: 'everyone'; readonly answer: T }
  /** Nothing yet. Without a push it is worth looking again after this time. */
  | { readonly for: 'nobody'; readonly lookAgainSeconds: number };

/** One caller that waits. */
export interface WaitOptions<T> {
  /** Asks Redis, in one command, on behalf of this caller. */
  look(): Promise<Verdict<T>>;
  /** Whether another caller's answer for everyone is one for this caller; if not, it looks itself. */
  accepts?(answer: T): boolean;
  /** Gives back what a look brought after its caller had left. */
  discard(answer: T): void;
  /** The error of this caller when its wait fails. Default: as it is. */
  failure?(error: unknown): unknown;
  /** When to look, in seconds, should no push come. */
  readonly lookAgainSeconds: number;
  readonly waitSeconds: number;
  readonly signal: AbortSignal | undefined;
}

/** Backs up a lost push: nobody sleeps longer than this, in seconds, without a look. */
const longestSleepSeconds = 5;
/** How soon to look again when Redis did not answer, in seconds. */
const retrySeconds = 0.5;
/** Looks a little after a lease ends, in seconds: Redis rounds to milliseconds. */
const marginSeconds = 0.005;

/**
 * Lets the callers of this process that wait for the same channel share one subscription and one
 * look at a time, in the order in which they came. While all goes well a waiter costs no command.
 */
export class SharedWait<T> {
  readonly #subscriber: Subscriber;
  readonly #groups = new Map<string, WaitGroup<T>>();

  constructor(subscriber: Subscriber) {
    this.#subscriber = subscriber;
  }

  /**
   * Waits for an answer; `undefined` when `waitSeconds` are over.
   *
   * @throws the reason of `signal` when it aborts
   */
  join(channel: string, options: WaitOptions<T>): Promise<T | undefined> {
    const { signal } = options;
    if (signal?.aborted) return Promise.reject(signal.reason);
    const group = this.#groupOf(channel);
    return new Promise<T | undefined>((resolve) => {
      group.join(new Waiter(options, group, resolve));
    });
  }

  #groupOf(channel: string): WaitGroup<T> {
    const existing = this.#groups.get(channel);
    if (existing) return existing;
    const created = new WaitGroup<T>(
      (listener) => this.#subscriber.listen(channel, listener),
      () => this.#groups.delete(channel),
    );
    this.#groups.set(channel, created);
    return created;
  }
}

/**
 * One caller until its wait is over. There can be many thousands, so it has no closures of its own where
 * others can do.
 */
class Waiter<T> {
  readonly options: WaitOptions<T>;
  readonly #group: WaitGroup<T>;
  #resolve: ((answer: T | undefined | Promise<never>) => void) | undefined;
  readonly #timer: NodeJS.Timeout | undefined;
  readonly #unwatch: (() => void) | undefined;

  constructor(
    options: WaitOptions<T>,
    group: WaitGroup<T>,
    resolve: (answer: T | undefined | Promise<never>) => void,
  ) {
    const { signal, waitSeconds } = options;
    this.options = options;
    this.#group = group;
    this.#resolve = resolve;
    this.#timer =
      waitSeconds === Number.POSITIVE_INFINITY
        ? undefined
        : setTimeout(timeOut<T>, toTimerDelay(waitSeconds), this);
    this.#unwatch = signal && onAbort(signal, () => this.#fail(signal.reason));
  }

  /** @param answer `undefined`: the time is over */
  settle(answer: T | undefined): void {
    this.#end()?.(answer);
  }

  fail(error: unknown): void {
    this.#fail(this.options.failure?.(error) ?? error);
  }

  #fail(error: unknown): void {
    // Made only for one who takes it: nobody else would handle it.
    const resolve = this.#end();
    resolve?.(Promise.reject(error));
  }

  #end() {
    const resolve = this.#resolve;
    this.#resolve = undefined;
    clearTimeout(this.#timer);
    this.#unwatch?.();
    this.#group.leave(this);
    return resolve;
  }
}

function timeOut<T>(waiter: Waiter<T>): void {
  waiter.settle(undefined);
}

/** Those who wait for one channel. Lives from the first to the last of them. */
class WaitGroup<T> implements ChannelListener {
  readonly #waiters = new Set<Waiter<T>>();
  readonly #stopListening: () => void;
  readonly #onEmpty: () => void;
  #isLooking = false;
  #mustLookAgain = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(listen: (listener: ChannelListener) => () => void, onEmpty: () => void) {
    this.#onEmpty = onEmpty;
    this.#stopListening = listen(this);
  }

  join(waiter: Waiter<T>): void {
    this.#waiters.add(waiter);
    if (!this.#timer) this.#lookIn(waiter.options.lookAgainSeconds);
  }

  leave(waiter: Waiter<T>): void {
    if (!this.#waiters.delete(waiter) || this.#waiters.size > 0) return;
    clearTimeout(this.#timer);
    this.#stopListening();
    this.#onEmpty();
  }

  onMessage(): void {
    this.#wake();
  }

  onListening(): void {
    this.#wake();
  }

  /** Looks would fail for ever, and keep the process alive. */
  onClosed(): void {
    const error = new CacheUnavailableError('The Redis client was closed while callers waited.');
    for (const waiter of [...this.#waiters]) waiter.fail(error);
  }

  #wake(): void {
    this.#mustLookAgain = true;
    if (!this.#isLooking) void this.#look();
  }

  async #look(): Promise<void> {
    this.#isLooking = true;
    while (this.#mustLookAgain) {
      this.#mustLookAgain = false;
      const [first] = this.#waiters;
      if (!first) break;
      await first.options.look().then(
        (verdict) => this.#follow(first, verdict),
        (error: unknown) => this.#recover(first, error),
      );
    }
    this.#isLooking = false;
  }

  #follow(looker: Waiter<T>, verdict: Verdict<T>): void {
    switch (verdict.for) {
      case 'nobody':
        this.#lookIn(verdict.lookAgainSeconds);
        return;
      case 'everyone':
        for (const waiter of [...this.#waiters]) {
          const isForIt = waiter === looker || (waiter.options.accepts?.(verdict.answer) ?? true);
          if (isForIt) waiter.settle(verdict.answer);
          else this.#mustLookAgain = true;
        }
        return;
      case 'looker':
        this.#mustLookAgain = true;
        if (this.#waiters.has(looker)) looker.settle(verdict.answer);
        else looker.options.discard(verdict.answer);
    }
  }

  /** Redis may come back before the wait is over; any other error is the looker's to know. */
  #recover(looker: Waiter<T>, error: unknown): void {
    if (isCacheUnavailableError(error)) {
      this.#lookIn(retrySeconds);
      return;
    }
    looker.fail(error);
    this.#mustLookAgain = true;
  }

  #lookIn(delaySeconds: number): void {
    clearTimeout(this.#timer);
    if (this.#waiters.size === 0) return;
    const sleep = Math.min(delaySeconds + marginSeconds, longestSleepSeconds);
    this.#timer = setTimeout(() => this.#wake(), toTimerDelay(sleep));
  }
}
