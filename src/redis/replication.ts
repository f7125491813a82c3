import { CacheUnavailableError, QxCacheSettingsError } from '../errors/index.js';
import { settingsOf } from './client-settings.js';
import { isMemoryClient } from './memory-client.js';
import { isClusterClient, type RedisClient } from './redis-client.js';
import type { RedisRunner } from './redis-runner.js';

/** How many replicas must acknowledge a write, and how long to wait for them. */
export interface ReplicationOptions {
  readonly replicas: number;
  readonly timeoutSeconds: number;
}

interface WaitingClient {
  wait(replicas: number, milliseconds: number): Promise<number>;
  /** The connection; another one after a reconnect. */
  readonly stream?: unknown;
}

/** Makes sure that writes have reached replicas, by WAIT on the connection that wrote. */
export class Replication {
  readonly #redis: WaitingClient;
  readonly #runner: RedisRunner;
  readonly #options: ReplicationOptions;

  /** @throws {@link QxCacheSettingsError} for a client that can't wait, or a time that is too long */
  constructor(redis: RedisClient, runner: RedisRunner, options: ReplicationOptions) {
    checkClient(redis);
    const { commandTimeoutSeconds } = settingsOf(redis);
    if (options.timeoutSeconds >= commandTimeoutSeconds) {
      throw new QxCacheSettingsError(
        `durability: timeoutSeconds must be less than commandTimeoutSeconds, ${commandTimeoutSeconds} (got ${options.timeoutSeconds}).`,
      );
    }
    this.#redis = redis as unknown as WaitingClient;
    this.#runner = runner;
    this.#options = options;
  }

  /**
   * Writes, and waits until enough replicas have it.
   *
   * @param isWritten whether that reply means that something was written
   * @throws {@link CacheUnavailableError} when too few acknowledged in time; the write stands
   */
  async write<Reply>(
    send: () => Promise<Reply>,
    isWritten: (reply: Reply) => boolean,
    what: string,
  ): Promise<Reply> {
    const connection = this.#redis.stream;
    const reply = await send();
    if (!isWritten(reply)) return reply;
    const { replicas, timeoutSeconds } = this.#options;
    const count = await this.#runner.command(
      () => this.#redis.wait(replicas, Math.ceil(timeoutSeconds * 1000)),
      `WAIT for ${what}`,
    );
    if (this.#redis.stream !== connection) {
      // WAIT counts the writes of its own connection only.
      throw new CacheUnavailableError(
        `The connection broke before it was known how many replicas have ${what}.`,
      );
    }
    if (count >= replicas) return reply;
    throw new CacheUnavailableError(
      `Only ${count} of ${replicas} replicas acknowledged ${what} within ${timeoutSeconds} s.`,
    );
  }
}

function checkClient(redis: RedisClient): void {
  const problem = isClusterClient(redis)
    ? 'a cluster: ioredis can not tell which of its connections wrote'
    : isMemoryClient(redis)
      ? 'memory://: it has no replicas'
      : undefined;
  if (problem === undefined) return;
  throw new QxCacheSettingsError(`durability does not work with ${problem}.`);
}
