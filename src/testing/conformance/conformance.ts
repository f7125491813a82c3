import { cacheConformance } from './cache/cache-conformance.js';
import { idempotencyConformance } from './idempotency/idempotency-conformance.js';
import { lockConformance } from './lock/lock-conformance.js';

/**
 * The promises of this library as lists of cases, for a store, a lock or a cache of your own that stands
 * in for one of ours: one that decorates it, counts, encrypts, or talks to something else. On any Redis,
 * also {@link inMemoryRedis}. Cases know no test runner: they throw the AssertionError of `node:assert`.
 * Each has keys of its own, ends in bounded time and cleans up.
 *
 * @example
 * // mocha, jest
 * describe('our lock', () => {
 *   for (const { name, run } of conformance.lock(createLock)) it(name, run).timeout(15_000);
 * });
 * // vitest
 * for (const { name, run } of conformance.lock(createLock)) test(name, run, 15_000);
 * // node:test
 * for (const { name, run } of conformance.lock(createLock)) test(name, run);
 */
export const conformance = {
  idempotency: idempotencyConformance,
  lock: lockConformance,
  cache: cacheConformance,
} as const;
