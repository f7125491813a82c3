import { expect } from 'chai';
import type { Cluster, Redis } from 'ioredis';
import type { Engine } from './engines.js';

/** Expects all keys of a test to expire, and gives how long each of them lasts, in milliseconds. */
export async function expectExpiries(
  redis: Redis | Cluster,
  engine: Engine,
): Promise<Map<string, number>> {
  const lasting = new Map<string, number>();
  for (const key of await redis.keys(`*${engine.namespace()}*`)) {
    const left = await redis.pttl(key);
    // A key that ended meanwhile is no matter of a test of expiries.
    if (left === -2) continue;
    expect(left, key).to.be.greaterThan(0);
    lasting.set(key, left);
  }
  return lasting;
}
