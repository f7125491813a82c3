import { bentocache, bentocacheMemory } from './bentocache.js';
import { cacheable, cacheableMemory } from './cacheable.js';
import type { CacheContestant } from './contestant.js';
import { floor } from './floor.js';
import { qxCache } from './qx-cache.js';

export type { CacheContestant, Caching } from './contestant.js';
export { floor } from './floor.js';
export { qxCache } from './qx-cache.js';

/** The other libraries, where each value is in Redis. */
export const cachePeers: readonly CacheContestant[] = [bentocache, cacheable];

/** The other libraries with memory in front of Redis. */
export const cachesWithMemory: readonly CacheContestant[] = [bentocacheMemory, cacheableMemory];

/** @throws when there is none of that name */
export function cacheContestant(name: string): CacheContestant {
  const all = [floor, qxCache, ...cachePeers, ...cachesWithMemory];
  const found = all.find((contestant) => contestant.name === name);
  if (!found) throw new Error(`No cache is called "${name}".`);
  return found;
}
