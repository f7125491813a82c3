import { CacheUnavailableError } from '../errors/index.js';
import { toTimerDelay } from '../settings/durations.js';

/**
 * Gives one promise a time limit of its own. The commands of a client share one limit, see
 * {@link CommandDeadlines}. What was sent may still be carried out after it.
 *
 * @throws {@link CacheUnavailableError} when the time is over
 */
export function withDeadline<T>(
  promise: Promise<T>,
  timeoutSeconds: number,
  what: string,
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const timer = setTimeout(
      () => reject(unanswered(what, timeoutSeconds)),
      toTimerDelay(timeoutSeconds),
    );
    promise.finally(() => clearTimeout(timer)).then(resolve, reject);
  });
}

/** What to tell of a command whose time is over. */
export function unanswered(what: string, timeoutSeconds: number): CacheUnavailableError {
  return new CacheUnavailableError(
    `Redis did not answer ${what} within ${timeoutSeconds} s. It may still carry it out.`,
  );
}
