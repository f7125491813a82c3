import type { Cluster, Redis } from 'ioredis';

/** Ends a connection. One that is broken would be tried again for ever, and the process not exit. */
export async function quit(redis: Redis | Cluster): Promise<void> {
  if (redis.status === 'ready') await redis.quit().catch(() => {});
  redis.disconnect();
}
