import Redlock from 'redlock';
import { type LockContestant, TTL_SECONDS, WAIT_SECONDS, WHY_LOCKS_AHEAD } from './contestant.js';

/** How long it waits before it asks again, and by how much more at random, in milliseconds. */
interface Retry {
  readonly delay: number;
  readonly jitter: number;
}

function redlockWith({ delay, jitter }: Retry, label: string, remark: string): LockContestant {
  return {
    name: `redlock${label}`,
    packageName: 'redlock',
    settings: `\`acquire\` on one node, \`retryDelay: ${delay}\` and \`retryJitter: ${jitter}\` (milliseconds; ${remark}), as many retries as it takes. Without renewal, which only its \`using\` has.`,
    whyAhead: WHY_LOCKS_AHEAD,

    async open(redis) {
      const redlock = new Redlock([redis], {
        retryDelay: delay,
        retryJitter: jitter,
        retryCount: (WAIT_SECONDS * 1000) / delay,
      });
      return (name) => async () => {
        const lock = await redlock.acquire([name], TTL_SECONDS * 1000);
        return () => lock.release();
      };
    },
  };
}

/** Of 1 to 10 ms the one that is quickest in `lock-burst`. */
export const redlock = redlockWith({ delay: 4, jitter: 4 }, '', 'the best for the burst');
export const redlockByDefault = redlockWith(
  { delay: 200, jitter: 100 },
  ', default',
  'its defaults',
);
