import KeyvRedis, { createKeyv } from '@keyv/redis';
import { Cacheable } from 'cacheable';
import type { Redis } from 'ioredis';
import { Keyv } from 'keyv';
import { urlOf } from '../node-redis.js';
import { type CacheContestant, type Caching, TTL_SECONDS, WHY_MEMORY_AHEAD } from './contestant.js';

export const cacheable: CacheContestant = {
  name: 'cacheable',
  packageName: 'cacheable',
  settings: '`primary` is `@keyv/redis`: no memory in front.',
  whyAhead:
    'cacheable knows of no loads in other processes: plain `GET` and `SET`; its client `redis` writes all commands of one tick at once, and its JSON keeps no `Date` or `Map`.',
  async open(redis) {
    const primary = new Keyv({ store: new KeyvRedis(urlOf(redis)), namespace: 'cacheable-one' });
    return cachingOf(new Cacheable({ primary, ttl: TTL_SECONDS * 1000 }), redis);
  },
};

export const cacheableMemory: CacheContestant = {
  name: 'cacheable, memory',
  packageName: 'cacheable',
  settings: 'Memory in front, and `@keyv/redis` as `secondary`, as documented. Without its sync.',
  whyAhead: WHY_MEMORY_AHEAD,
  async open(redis) {
    const secondary = createKeyv(urlOf(redis), { namespace: 'cacheable-two' });
    return cachingOf(new Cacheable({ secondary, ttl: TTL_SECONDS * 1000 }), redis);
  },
};

function cachingOf(cache: Cacheable, endsWith: Redis): Caching {
  endsWith.once('end', () => void cache.disconnect().catch(() => {}));
  return {
    get: (key) => cache.get(key),
    set: (key, value) => cache.set(key, value),
    getOrSet: (key, load) => cache.getOrSet(key, load),
  };
}
