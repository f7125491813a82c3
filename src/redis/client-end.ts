import { perClient } from './per-client.js';
import type { RedisClient } from './redis-client.js';

/**
 * Calls back when a client has ended for good, and returns what stops that. However many watch, the
 * client has one listener: many of them would look like a leak to Node.
 */
export function onClientEnd(redis: RedisClient, callback: () => void): () => void {
  const callbacks = callbacksOf(redis);
  callbacks.add(callback);
  return () => callbacks.delete(callback);
}

/** Whether a client has ended for good, as far as it says so itself. */
export function hasEnded(redis: RedisClient): boolean {
  return 'status' in redis && redis.status === 'end';
}

const callbacksOf = perClient((redis) => {
  const callbacks = new Set<() => void>();
  redis.on('end', () => {
    for (const callback of [...callbacks]) callback();
  });
  return callbacks;
});
