import { type CacheContestant, type Caching, TTL_SECONDS } from './contestant.js';

/** The least that a cache can do. */
export const floor: CacheContestant = {
  name: 'floor',
  packageName: 'ioredis',
  settings:
    '`GET`, and `SET` with `PX`, on ioredis and JSON. Its `getOrSet` is both in a row: all who miss load.',

  async open(redis): Promise<Caching> {
    const get = async (key: string) => {
      const text = await redis.get(`floor:${key}`);
      return text === null ? undefined : JSON.parse(text);
    };
    const set = (key: string, value: unknown) =>
      redis.set(`floor:${key}`, JSON.stringify(value), 'PX', TTL_SECONDS * 1000);
    return {
      get,
      set,
      async getOrSet(key, load) {
        const found = await get(key);
        if (found !== undefined) return found;
        const value = await load();
        await set(key, value);
        return value;
      },
    };
  },
};
