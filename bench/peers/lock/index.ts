import type { LockContestant } from './contestant.js';
import { qxCache } from './qx-cache.js';
import { redisKitLock, redisKitLockByDefault } from './redis-kit-lock.js';
import { redisSemaphore, redisSemaphoreByDefault } from './redis-semaphore.js';
import { redlock, redlockByDefault } from './redlock.js';
import { redlockUniversal, redlockUniversalByDefault } from './redlock-universal.js';

export { bareScripts } from './bare-scripts.js';
export type { Acquire, LockContestant, LockOf } from './contestant.js';
export { floor } from './floor.js';
export { qxCache } from './qx-cache.js';

/** The other libraries, set up for the case at hand: at what they do best. */
export const lockPeers: readonly LockContestant[] = [
  redisSemaphore,
  redlock,
  redlockUniversal,
  redisKitLock,
];

/** The other libraries as their documentation sets them up. */
export const lockPeersByDefault: readonly LockContestant[] = [
  redisSemaphoreByDefault,
  redlockByDefault,
  redlockUniversalByDefault,
  redisKitLockByDefault,
];

/** All that can wait for a lock. */
export const lockContestants: readonly LockContestant[] = [qxCache, ...lockPeers];

/** @throws when there is none of that name */
export function lockContestant(name: string): LockContestant {
  const found = lockContestants.find((contestant) => contestant.name === name);
  if (!found) throw new Error(`No lock is called "${name}".`);
  return found;
}
