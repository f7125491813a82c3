import { Mutex } from 'redis-semaphore';
import { type LockContestant, TTL_SECONDS, WAIT_SECONDS, WHY_LOCKS_AHEAD } from './contestant.js';

/** @param retryMs how long it waits before it asks again */
function redisSemaphoreWith(retryMs: number, label: string, remark: string): LockContestant {
  return {
    name: `redis-semaphore${label}`,
    packageName: 'redis-semaphore',
    settings: `\`Mutex\`, \`retryInterval: ${retryMs}\` (milliseconds; ${remark}). Renewal is on, as by default.`,
    whyAhead: WHY_LOCKS_AHEAD,

    async open(redis) {
      const options = {
        lockTimeout: TTL_SECONDS * 1000,
        acquireTimeout: WAIT_SECONDS * 1000,
        retryInterval: retryMs,
      };
      return (name) => {
        // Its owner id belongs to the object: each caller needs one of its own.
        const mutex = new Mutex(redis, name, options);
        return async () => {
          await mutex.acquire();
          return () => mutex.release();
        };
      };
    },
  };
}

/** Of 1 to 10 ms the one that is quickest in `lock-burst`. */
export const redisSemaphore = redisSemaphoreWith(3, '', 'the best for the burst');
export const redisSemaphoreByDefault = redisSemaphoreWith(10, ', default', 'its default');
