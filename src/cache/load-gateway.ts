import { isCacheUnavailableError } from '../errors/index.js';
import { wasSent } from '../redis/commands-in-flight.js';
import { nextOwnerId } from '../redis/owner-id.js';
import type { RedisClient } from '../redis/redis-client.js';
import type { RedisRunner } from '../redis/redis-runner.js';
import { toMilliseconds } from '../settings/durations.js';
import { keysOf, subject } from './entry-gateway.js';
import { type BeginReply, beginLoadScript } from './scripts/begin-load.js';
import { finishLoadScript } from './scripts/finish-load.js';
import { giveUpLoadScript } from './scripts/give-up-load.js';
import { type RenewReply, renewLoadScript } from './scripts/renew-load.js';

/** How long a loader that died keeps others from loading, in seconds. A live one renews. */
export const leaseSeconds = 10;

/** One caller that wants the value of a key and can load it. */
export interface LoadTicket {
  readonly key: string;
  /** Names the caller in Redis; never used for another call. */
  readonly loader: string;
  readonly allowStale: boolean;
}

/** Speaks to Redis about loads: one method, one script call. */
export class LoadGateway {
  readonly redis: RedisClient;
  readonly #runner: RedisRunner;
  readonly #namespace: string;

  constructor(runner: RedisRunner, namespace: string) {
    this.redis = runner.redis;
    this.#runner = runner;
    this.#namespace = namespace;
  }

  ticket(key: string, allowStale: boolean): LoadTicket {
    return { key, allowStale, loader: nextOwnerId() };
  }

  /** Where those who wait for a key listen. */
  channelOf(key: string): string {
    return keysOf(this.#namespace, key).channel;
  }

  /** Asks for the value or for the right to load it. A right whose answer comes late is given back. */
  async begin(ticket: LoadTicket): Promise<BeginReply> {
    const { key, loader, allowStale } = ticket;
    const input = {
      ...keysOf(this.#namespace, key),
      loader,
      lease: toMilliseconds(leaseSeconds),
      allow_stale: allowStale ? 1 : 0,
    };
    const giveBack = () => void this.giveUp(ticket).catch(() => {});
    try {
      return await this.#runner.script(beginLoadScript, input, subject(key), giveBack);
    } catch (error) {
      // Whether the right was given is not known; sent after it, this undoes it.
      if (isCacheUnavailableError(error) && wasSent(error)) giveBack();
      throw error;
    }
  }

  /** Stores what was loaded; false when a `set`, a `delete` or another loader came first. */
  finish(
    { key, loader }: LoadTicket,
    text: string,
    { ttlSeconds, staleSeconds }: { readonly ttlSeconds: number; readonly staleSeconds: number },
  ): Promise<boolean> {
    const ttl = toMilliseconds(ttlSeconds);
    const stale_ttl = staleSeconds === 0 ? 0 : ttl + toMilliseconds(staleSeconds);
    const input = { ...keysOf(this.#namespace, key), loader, text, ttl, stale_ttl };
    return this.#runner.script(finishLoadScript, input, subject(key));
  }

  /** Ends a load that brought nothing; false when it was over already. */
  giveUp({ key, loader }: Pick<LoadTicket, 'key' | 'loader'>): Promise<boolean> {
    const input = { ...keysOf(this.#namespace, key), loader };
    return this.#runner.script(giveUpLoadScript, input, subject(key));
  }

  /** Extends the lease of a running load. */
  renew({ key, loader }: Pick<LoadTicket, 'key' | 'loader'>): Promise<RenewReply> {
    const input = { ...keysOf(this.#namespace, key), loader, lease: toMilliseconds(leaseSeconds) };
    return this.#runner.script(renewLoadScript, input, subject(key));
  }
}
