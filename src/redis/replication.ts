import { CacheUnavailableError, QxCacheSettingsError } from '../errors/index.js';
import { toMilliseconds } from '../settings/durations.js';
import { isMemoryClient } from './memory-client.js';
import { isClusterClient, type RedisClient } from './redis-client.js';
import type { RedisRunner } from './redis-runner.js';

/** Too few replicas have a write: Redis was there, and the write stands on its primary. */
export class ReplicationShortfall extends CacheUnavailableError {}

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

/**
 * Makes sure that writes have reached replicas, by WAIT on the connection that wrote. As Redis answers
 * nothing else on it meanwhile, one WAIT serves all that was written until it is sent.
 */
export class Replication {
  readonly #redis: WaitingClient;
  readonly #runner: RedisRunner;
  readonly #options: ReplicationOptions;
  #running: Promise<unknown> = Promise.resolve();
  #next: Promise<number> | undefined;

  /** @throws {@link QxCacheSettingsError} for a client that can't wait, or a time that is too long */
  constructor(redis: RedisClient, runner: RedisRunner, options: ReplicationOptions) {
    checkClient(redis);
    if (options.timeoutSeconds >= runner.timeoutSeconds) {
      throw new QxCacheSettingsError(
        `durability: timeoutSeconds must be less than the client's commandTimeoutSeconds, ${runner.timeoutSeconds} (got ${options.timeoutSeconds}).`,
      );
    }
    this.#redis = redis as unknown as WaitingClient;
    this.#runner = runner;
    this.#options = options;
  }

  /**
   * Waits until enough replicas have what was just written.
   *
   * @param what was written, for messages
   * @throws {@link ReplicationShortfall} when too few have it in time; the write stands
   */
  async confirm(what: string): Promise<void> {
    const connection = this.#redis.stream;
    const { replicas, timeoutSeconds } = this.#options;
    const count = await this.#count();
    if (this.#redis.stream !== connection) {
      // WAIT knows only of writes of its own connection.
      throw new ReplicationShortfall(
        `The connection broke before it was known how many replicas have ${what}.`,
      );
    }
    if (count >= replicas) return;
    throw new ReplicationShortfall(
      `Only ${count} of ${replicas} replicas have ${what} after ${timeoutSeconds} s.`,
    );
  }

  #count(): Promise<number> {
    this.#next ??= this.#running.then(() => {
      this.#next = undefined;
      const count = this.#wait();
      this.#running = count.catch(() => {});
      return count;
    });
    return this.#next;
  }

  #wait(): Promise<number> {
    const { replicas, timeoutSeconds } = this.#options;
    const send = () => this.#redis.wait(replicas, toMilliseconds(timeoutSeconds));
    return this.#runner.command(send, `WAIT for ${replicas} replicas`, { isFollowUp: true });
  }
}

function checkClient(redis: RedisClient): void {
  const problem = isClusterClient(redis)
    ? 'a cluster: WAIT would have to go to the node that wrote'
    : isMemoryClient(redis)
      ? 'memory://: it has no replicas'
      : undefined;
  if (problem === undefined) return;
  throw new QxCacheSettingsError(`durability does not work with ${problem}.`);
}
