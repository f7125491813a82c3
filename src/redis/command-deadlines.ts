import { toTimerDelay } from '../settings/durations.js';
import type { CommandsInFlight } from './commands-in-flight.js';
import { unanswered } from './deadline.js';

/** A command that was sent. */
interface Pending {
  readonly endsAt: number;
  readonly onOver: () => void;
  isSettled: boolean;
  next: Pending | undefined;
}

/**
 * Gives commands a time limit. ioredis alone has none: with no server, a command waits for ever.
 *
 * All have the same limit, so the one that was sent first is over first: one timer does for all of
 * them, which costs a command next to nothing. It keeps the process alive only while a command waits.
 */
export class CommandDeadlines {
  readonly #timeoutSeconds: number;
  readonly #inFlight: Pick<CommandsInFlight, 'count'>;
  /** In the order in which they were sent; settled ones go when they come to the front. */
  #first: Pending | undefined;
  #last: Pending | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** @param inFlight where commands count until they are settled, also those whose time is over */
  constructor(timeoutSeconds: number, inFlight: Pick<CommandsInFlight, 'count'> = { count: 0 }) {
    this.#timeoutSeconds = timeoutSeconds;
    this.#inFlight = inFlight;
  }

  /**
   * What `read` makes of the reply. The command may still be carried out after the limit; `onLate` gets
   * the reply then, so that whatever it granted can be given back.
   *
   * @param what names the command, for messages
   * @param toError what to reject with when the command fails
   * @throws {@link CacheUnavailableError} when the time is over
   */
  limit<Reply, T>(
    command: Promise<Reply>,
    what: () => string,
    read: (reply: Reply) => T,
    onLate: ((reply: T) => void) | undefined,
    toError: (error: unknown, what: string) => unknown,
  ): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      let isOver = false;
      this.#inFlight.count += 1;
      const pending = this.#add(() => {
        isOver = true;
        reject(unanswered(what(), this.#timeoutSeconds));
      });
      command.then(
        (reply) => {
          this.#inFlight.count -= 1;
          if (!isOver) this.#settle(pending);
          else if (!onLate) return;
          try {
            const value = read(reply);
            if (isOver) onLate?.(value);
            else resolve(value);
          } catch (error) {
            reject(error);
          }
        },
        (error: unknown) => {
          this.#inFlight.count -= 1;
          this.#settle(pending);
          reject(toError(error, what()));
        },
      );
    });
  }

  #add(onOver: () => void): Pending {
    const endsAt = performance.now() + this.#timeoutSeconds * 1000;
    const pending: Pending = { endsAt, onOver, isSettled: false, next: undefined };
    if (this.#last) this.#last.next = pending;
    else this.#first = pending;
    this.#last = pending;
    if (this.#timer === undefined) this.#startTimer(this.#timeoutSeconds);
    else if (this.#first === pending) this.#timer.ref();
    return pending;
  }

  #settle(pending: Pending): void {
    pending.isSettled = true;
    if (pending === this.#first) this.#dropSettled();
  }

  #dropSettled(): void {
    while (this.#first?.isSettled) this.#first = this.#first.next;
    if (this.#first) return;
    this.#last = undefined;
    this.#timer?.unref();
  }

  #startTimer(delaySeconds: number): void {
    this.#timer = setTimeout(() => this.#onTimer(), toTimerDelay(delaySeconds));
  }

  #onTimer(): void {
    this.#timer = undefined;
    const now = performance.now();
    // A timer can be early by a millisecond.
    while (this.#first && (this.#first.isSettled || this.#first.endsAt <= now + 1)) {
      const { isSettled, onOver } = this.#first;
      this.#first.isSettled = true;
      this.#first = this.#first.next;
      if (!isSettled) onOver();
    }
    if (this.#first) this.#startTimer((this.#first.endsAt - now) / 1000);
    else this.#last = undefined;
  }
}
