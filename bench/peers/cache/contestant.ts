import type { Openable } from '../../contest/open-clients.js';

/** A cache as all measures of it use one. */
export interface Caching {
  get(key: string): Promise<unknown>;
  set(key: string, value: unknown): Promise<unknown>;
  getOrSet(key: string, load: () => Promise<unknown>): Promise<unknown>;
}

/** A library of caches behind that interface. */
export type CacheContestant = Openable<Caching>;

/** No value may end during a measure. */
export const TTL_SECONDS = 3600;

/** Why a cache of several layers can be faster. */
export const WHY_MEMORY_AHEAD =
  'A cache with memory in front answers without asking Redis; qx-cache has none, so a `get` after a `set` of another process is never old.';
