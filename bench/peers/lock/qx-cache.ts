// The built library, as users get it.
import { DistributedLock, type Lease } from '../../../dist/index.js';
import { type LockContestant, TTL_SECONDS, WAIT_SECONDS } from './contestant.js';

const releaseOf = (lease: Lease) => () => lease.release();

export const qxCache: LockContestant = {
  name: 'qx-cache',
  packageName: 'qx-cache',
  isShared: true,
  settings: 'Renewal is on, as by default. There is nothing to tune.',

  async open(redis) {
    const options = { ttlSeconds: TTL_SECONDS, waitSeconds: WAIT_SECONDS };
    return (name) => {
      const lock = new DistributedLock(redis, name, options);
      return () => lock.acquire().then(releaseOf);
    };
  },
};
