// The built library, as users get it.
import { DistributedLock } from '../../../dist/index.js';
import { type LockContestant, TTL_SECONDS, WAIT_SECONDS } from './contestant.js';

export const qxCache: LockContestant = {
  name: 'qx-cache',
  packageName: 'qx-cache',
  settings: 'Renewal is on, as by default. There is nothing to tune.',

  async open(redis) {
    const options = { ttlSeconds: TTL_SECONDS, waitSeconds: WAIT_SECONDS };
    return (name) => {
      const lock = new DistributedLock(redis, name, options);
      return async () => {
        const lease = await lock.acquire();
        return () => lease.release();
      };
    };
  },
};
