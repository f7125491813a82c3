import type { RedisClient } from '../redis/redis-client.js';

const watched = new WeakMap<RedisClient, Set<() => void>>();

/**
 * Calls back when a client has ended for good, and returns what stops that. However many watch, the
 * client has one listener: many of them would look like a leak to Node.
 */
export function onClientEnd(redis: RedisClient, callback: () => void): () => void {
  const callbacks = watched.get(redis) ?? watch(redis);
  callbacks.add(callback);
  return () => callbacks.delete(callback);
}

function watch(redis: RedisClient): Set<() => void> {
  const callbacks = new Set<() => void>();
  watched.set(redis, callbacks);
  redis.on('end', () => {
    for (const callback of [...callbacks]) callback();
  });
  return callbacks;
}
