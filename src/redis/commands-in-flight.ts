import { CacheUnavailableError, isCacheUnavailableError } from '../errors/index.js';
import { settingsOf } from './client-settings.js';
import { perClient } from './per-client.js';

/** More than a process gets answered within the default time limit; 100 to 300 MB. */
const DEFAULT_LIMIT = 50_000;

/**
 * Counts the commands of one client that ioredis has and that are not settled. Without a bound, its queues
 * grow for as long as Redis is slow or away, and what waits in them is of no use to anybody.
 */
export class CommandsInFlight {
  /** Also those that our time limit gave up: ioredis still has them. */
  count = 0;
  readonly #limit: number;

  constructor(limit = DEFAULT_LIMIT) {
    this.#limit = limit;
  }

  get isFull(): boolean {
    return this.count >= this.#limit;
  }

  /** What to tell of a command that is not sent. */
  refusal(what: string): CacheUnavailableError {
    return new CacheUnavailableError(
      `${this.count} commands of this client wait for Redis, and maxCommandsInFlight is ${this.#limit}: ${what} was not sent. Redis is slow or away, or this process asks for too much at once; do less at a time or try again later, or allow more (QX_CACHE_MAX_COMMANDS_IN_FLIGHT).`,
      { reason: 'overloaded' },
    );
  }
}

/** All that sends through one client shares its bound. */
export const commandsInFlightOf = perClient(
  (redis) => new CommandsInFlight(settingsOf(redis).maxCommandsInFlight),
);

/** False for the error of a command that was refused here: there is nothing to give back then. */
export function wasSent(error: unknown): boolean {
  return !(isCacheUnavailableError(error) && error.reason === 'overloaded');
}
