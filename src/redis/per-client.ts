import type { RedisClient } from './redis-client.js';

/** Gives each client one of what `make` makes: made at the first call, gone with the client. */
export function perClient<T>(make: (redis: RedisClient) => T): (redis: RedisClient) => T {
  const made = new WeakMap<RedisClient, { readonly thing: T }>();
  return (redis) => {
    const existing = made.get(redis);
    if (existing) return existing.thing;
    const thing = make(redis);
    made.set(redis, { thing });
    return thing;
  };
}
