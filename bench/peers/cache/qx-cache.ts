// The built library, as users get it.
import { Cache } from '../../../dist/index.js';
import { type CacheContestant, TTL_SECONDS } from './contestant.js';

export const qxCache: CacheContestant = {
  name: 'qx-cache',
  packageName: 'qx-cache',
  settings: '`Cache` with a `ttlSeconds`. There is nothing to tune.',

  async open(redis) {
    const options = { ttlSeconds: TTL_SECONDS };
    const cache = new Cache(redis, options);
    return {
      get: (key) => cache.get(key),
      set: (key, value) => cache.set(key, value),
      getOrSet: (key, load) => cache.getOrSet(key, load, options),
    };
  },
};
