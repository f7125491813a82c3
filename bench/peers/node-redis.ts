import type { Redis } from 'ioredis';
import { createClient } from 'redis';

/** Where a client of ioredis is connected to. */
export function urlOf({ options }: Redis): string {
  return `redis://${options.host}:${options.port}/${options.db ?? 0}`;
}

/** A client of the package `redis`, for libraries that want one. It ends with the one given. */
export async function nodeRedisBeside(redis: Redis) {
  const client = createClient({ url: urlOf(redis) });
  await client.connect();
  redis.once('end', () => client.destroy());
  return client;
}
