/**
 * What this library needs of a Redis client. `Redis` and `Cluster` of ioredis 5 and 6, and
 * ioredis-mock, fit it with no cast.
 */
export interface RedisClient {
  evalsha(sha1: string, numKeys: number, ...keysAndArgs: string[]): Promise<unknown>;
  eval(script: string, numKeys: number, ...keysAndArgs: string[]): Promise<unknown>;
  get(key: string): Promise<string | null>;
  mget(keys: string[]): Promise<(string | null)[]>;
  exists(key: string): Promise<number>;
  pttl(key: string): Promise<number>;
  on(event: string, listener: (...args: unknown[]) => void): unknown;
  off(event: string, listener: (...args: unknown[]) => void): unknown;
  // Redis and Cluster take different arguments; see subscriber.ts.
  duplicate(...args: never[]): unknown;
  quit(): Promise<unknown>;
  disconnect(): void;
}

/** True for a client of a Redis Cluster, where keys of different slots can't share a command. */
export function isClusterClient(redis: RedisClient): boolean {
  return 'isCluster' in redis && redis.isCluster === true;
}
