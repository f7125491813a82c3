/** What a user writes against the helpers for tests. */
import { it } from 'node:test';
import type { Redis } from 'ioredis';
import { DistributedLock, IdempotencyStore } from 'qx-cache';
import { conformance, expireClaim, inMemoryRedis, startFaultProxy } from 'qx-cache/testing';

export async function use(): Promise<void> {
  const redis: Redis = inMemoryRedis();
  const createStore = () => new IdempotencyStore(redis);
  const expire = (key: string) => expireClaim(redis, key);
  for (const { name, run } of conformance.idempotency(createStore, { expire })) void it(name, run);
  for (const { name, run } of conformance.lock((name) => new DistributedLock(redis, name))) {
    void it(name, run);
  }
  // @ts-expect-error a store that lacks everything
  conformance.idempotency(() => new Map());
  const proxy = await startFaultProxy({ target: { host: '127.0.0.1', port: 6379 } });
  await proxy.close();
}
