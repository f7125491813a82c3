import {
  type ConformanceCase,
  type ConformanceOptions,
  conformanceCases,
} from '../conformance-case.js';
import { CacheScene } from './cache-scene.js';
import type { CacheUnderTest } from './cache-under-test.js';
import { loadCases } from './load-cases.js';
import { valueCases } from './value-cases.js';

/**
 * What `Cache` promises, as cases for any test runner.
 *
 * @param createCache makes the cache of one more process, up to four for each case. They share their
 *   data, and may be one and the same; with a client each they show more.
 * @example
 * for (const { name, run } of conformance.cache(() => new MeteredCache(redis))) it(name, run);
 */
export function cacheConformance(
  createCache: () => CacheUnderTest | Promise<CacheUnderTest>,
  options: ConformanceOptions = {},
): readonly ConformanceCase[] {
  const bodies = { ...valueCases, ...loadCases };
  return conformanceCases(bodies, () => new CacheScene(createCache), options);
}
