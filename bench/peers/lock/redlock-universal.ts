import { createLock, IoredisAdapter } from 'redlock-universal';
import { type LockContestant, TTL_SECONDS, WAIT_SECONDS, WHY_LOCKS_AHEAD } from './contestant.js';

/** @param retryMs how long it waits before it asks again */
function redlockUniversalWith(retryMs: number, label: string, remark: string): LockContestant {
  return {
    name: `redlock-universal${label}`,
    packageName: 'redlock-universal',
    settings: `\`createLock\` with \`performance: 'lean'\`, its fastest mode, \`retryDelay: ${retryMs}\` (milliseconds; ${remark}), as many retries as it takes. Without renewal, which only its \`using\` has. It asks for Node 22.`,
    whyAhead: WHY_LOCKS_AHEAD,

    async open(redis) {
      const adapter = new IoredisAdapter(redis);
      return (key) => {
        const lock = createLock({
          adapter,
          key,
          ttl: TTL_SECONDS * 1000,
          retryDelay: retryMs,
          retryAttempts: (WAIT_SECONDS * 1000) / retryMs,
          performance: 'lean',
        });
        return async () => {
          const handle = await lock.acquire();
          return () => lock.release(handle);
        };
      };
    },
  };
}

/** Of 1 to 10 ms the one that is quickest in `lock-burst`. */
export const redlockUniversal = redlockUniversalWith(3, '', 'the best for the burst');
export const redlockUniversalByDefault = redlockUniversalWith(100, ', default', 'its default');
