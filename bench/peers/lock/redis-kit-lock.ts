import { Redlock } from '@redis-kit/lock';
import type { RedisClientType } from 'redis';
import { nodeRedisBeside } from '../node-redis.js';
import { type LockContestant, TTL_SECONDS, WAIT_SECONDS, WHY_LOCKS_AHEAD } from './contestant.js';

/** How long it waits before it asks again, and by how much more at random, in milliseconds. */
interface Retry {
  readonly delay: number;
  readonly jitter: number;
}

function redisKitLockWith({ delay, jitter }: Retry, label: string, remark: string): LockContestant {
  return {
    name: `@redis-kit/lock${label}`,
    packageName: '@redis-kit/lock',
    settings: `\`acquire\` on one node, on a client of the package \`redis\`, \`retryDelayMs: ${delay}\` and \`retryJitterMs: ${jitter}\` (milliseconds; ${remark}), as many retries as it takes. Without renewal, which it starts only on demand.`,
    whyAhead: `${WHY_LOCKS_AHEAD} The client \`redis\` also writes all commands of one tick at once.`,

    async open(redis) {
      const client = await nodeRedisBeside(redis);
      const redlock = new Redlock([client as unknown as RedisClientType], {
        retryDelayMs: delay,
        retryJitterMs: jitter,
        maxRetryAttempts: (WAIT_SECONDS * 1000) / delay,
      });
      return (name) => async () => {
        const lock = await redlock.acquire(name, TTL_SECONDS * 1000);
        if (!lock) throw new Error(`@redis-kit/lock did not get ${name}.`);
        return () => lock.release();
      };
    },
  };
}

export const redisKitLock = redisKitLockWith(
  { delay: 4, jitter: 4 },
  '',
  'as for redlock, whose algorithm it has',
);
export const redisKitLockByDefault = redisKitLockWith(
  { delay: 200, jitter: 100 },
  ', default',
  'its defaults',
);
