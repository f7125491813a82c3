import { CacheUnavailableError } from '../errors/index.js';
import { toTimerDelay } from '../settings/durations.js';

/**
 * Gives a command a time limit. ioredis alone has none: with no server, a command waits for ever.
 *
 * The command may still be carried out after the limit. `onLateReply` gets the reply then, so that
 * whatever it granted can be given back.
 *
 * @throws {@link CacheUnavailableError} when the time is over
 */
export function withDeadline<T>(
  command: Promise<T>,
  timeoutSeconds: number,
  what: string,
  onLateReply?: (reply: T) => void,
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    let isOver = false;
    const timer = setTimeout(() => {
      isOver = true;
      reject(
        new CacheUnavailableError(
          `Redis did not answer ${what} within ${timeoutSeconds} s. It may still carry it out.`,
        ),
      );
    }, toTimerDelay(timeoutSeconds));
    command.then(
      (reply) => {
        if (isOver) {
          onLateReply?.(reply);
          return;
        }
        clearTimeout(timer);
        resolve(reply);
      },
      (error: unknown) => {
        clearTimeout(timer);
        reject(error);
      },
    );
  });
}
