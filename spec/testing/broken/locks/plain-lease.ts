import { randomUUID } from 'node:crypto';
import type { Cluster, Redis } from 'ioredis';
import { LockNotHeldError } from '../../../../src/index.js';
import type { LeaseUnderTest } from '../../../../src/testing/index.js';

/** The lock of many a blog post: `SET NX PX`. */
export async function takePlainLease(
  redis: Redis | Cluster,
  key: string,
  ttlSeconds: number,
): Promise<LeaseUnderTest | undefined> {
  const owner = randomUUID();
  if ((await redis.set(key, owner, 'PX', ttlSeconds * 1000, 'NX')) === null) return undefined;
  const release = async () => {
    if ((await redis.get(key)) !== owner) throw new LockNotHeldError(key, 'expired');
    await redis.del(key);
  };
  return {
    token: Date.now(),
    signal: new AbortController().signal,
    isHeld: true,
    renew: async () => {},
    release,
    [Symbol.asyncDispose]: release,
  };
}
