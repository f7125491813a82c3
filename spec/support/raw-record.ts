import type { Cluster, Redis } from 'ioredis';
import { redisKey } from '../../src/redis/key-space.js';
import type { Engine } from './engines.js';

/** The Redis key under which the record of an idempotency key is. */
export function recordKey(engine: Engine, key: string): string {
  return redisKey(engine.namespace(), 'idempotency', key);
}

/** The record of an idempotency key as Redis holds it. */
export function rawRecord(
  redis: Redis | Cluster,
  engine: Engine,
  key: string,
): Promise<Record<string, string>> {
  return redis.hgetall(recordKey(engine, key));
}
