import type { Cluster, Redis } from 'ioredis';
import { Cache, DistributedLock, IdempotencyStore, QxCacheError } from '../../src/index.js';

type Client = Redis | Cluster;

/** What callers did and got while something happened to their servers. */
export interface Traffic {
  /** How often each thing went well. */
  readonly done: number;
  /** The typed errors that callers got, by code. */
  readonly refused: ReadonlyMap<string, number>;
  /** What should not have reached a caller: no error of this library. */
  readonly raw: readonly unknown[];
  /** The keys whose callers were told that the work is done, in the order of that. */
  readonly completed: readonly string[];
  /** The tokens of each lock, in the order in which it was held. */
  readonly tokens: ReadonlyMap<string, readonly number[]>;
  /** Until so many more things went well. */
  more(count: number): Promise<void>;
  stop(): Promise<void>;
}

const LOCKS = 6;

/** Callers on several clients, one after the other on each: keys, locks that they contend for, and values. */
export function startTraffic(clients: readonly Client[]): Traffic {
  const refused = new Map<string, number>();
  const raw: unknown[] = [];
  const completed: string[] = [];
  const tokens = new Map<string, number[]>();
  let done = 0;
  let isStopped = false;
  let onDone = () => {};

  const attempt = async (action: () => Promise<void>) => {
    try {
      await action();
      done += 1;
      onDone();
    } catch (error) {
      if (!(error instanceof QxCacheError)) raw.push(error);
      else refused.set(error.code, (refused.get(error.code) ?? 0) + 1);
    }
  };

  const call = async (redis: Client, caller: number) => {
    const [store, cache] = [new IdempotencyStore(redis), new Cache(redis)];
    for (let i = 0; !isStopped; i += 1) {
      const key = `${caller}-${i}`;
      const name = `lock-${i % LOCKS}`;
      await attempt(async () => {
        await store.run(key, async () => key);
        completed.push(key);
      });
      await attempt(() =>
        new DistributedLock(redis, name).run(async ({ token }) => {
          tokens.set(name, [...(tokens.get(name) ?? []), token]);
        }),
      );
      await attempt(async () => {
        await cache.getOrSet(`value-${i}`, async () => i, { ttlSeconds: 60 });
      });
    }
  };

  const calling = clients.map(call);
  return {
    get done() {
      return done;
    },
    refused,
    raw,
    completed,
    tokens,
    more(count) {
      const enough = done + count;
      return new Promise((resolve) => {
        onDone = () => {
          if (done >= enough) resolve();
        };
      });
    },
    async stop() {
      isStopped = true;
      await Promise.all(calling);
    },
  };
}
