import { BentoCache, bentostore } from 'bentocache';
import { memoryDriver } from 'bentocache/drivers/memory';
import { redisBusDriver, redisDriver } from 'bentocache/drivers/redis';
import type { Redis } from 'ioredis';
import { type CacheContestant, type Caching, TTL_SECONDS, WHY_MEMORY_AHEAD } from './contestant.js';

export const bentocache: CacheContestant = {
  name: 'bentocache',
  packageName: 'bentocache',
  settings: 'One layer, `useL2Layer(redisDriver)`, on the same client of ioredis.',
  whyAhead:
    'bentocache knows of no loads in other processes: its `set` is one plain `SET`, its `getOrSet` begins with a plain `GET`.',
  open: async (redis) =>
    cachingOf(bentostore().useL2Layer(redisDriver({ connection: redis, prefix: 'bento-one' }))),
};

export const bentocacheMemory: CacheContestant = {
  name: 'bentocache, memory',
  packageName: 'bentocache',
  settings: 'Two layers and a bus, as documented for several processes: memory in front of Redis.',
  whyAhead: WHY_MEMORY_AHEAD,
  open: async (redis) => {
    const { host = '127.0.0.1', port = 6379 } = redis.options;
    const store = bentostore()
      .useL1Layer(memoryDriver({ maxItems: 100_000 }))
      .useL2Layer(redisDriver({ connection: redis, prefix: 'bento-two' }))
      .useBus(redisBusDriver({ connection: { host, port } }));
    return cachingOf(store, redis);
  },
};

/** @param endsWith whose end closes the connections of the bus */
function cachingOf(store: ReturnType<typeof bentostore>, endsWith?: Redis): Caching {
  const cache = new BentoCache({
    default: 'only',
    ttl: TTL_SECONDS * 1000,
    stores: { only: store },
  });
  endsWith?.once('end', () => void cache.disconnectAll().catch(() => {}));
  return {
    get: (key) => cache.get({ key }),
    set: (key, value) => cache.set({ key, value }),
    getOrSet: (key, load) => cache.getOrSet({ key, factory: load }),
  };
}
