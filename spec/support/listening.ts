import type { Cluster, Redis } from 'ioredis';
import { eventually } from './eventually.js';

/** Until somebody hears the pushes of locks: a waiter subscribes after it stands in the queue. */
export async function waiterListens(redis: Redis | Cluster, namespace: string): Promise<void> {
  const pattern = `${namespace}:lock:wake:*`;
  await eventually(async () => (await redis.pubsub('CHANNELS', pattern)).length > 0);
}
