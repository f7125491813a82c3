import { z } from 'zod';
import { codecOption } from '../codec/codec-option.js';
import { schemaOption } from '../codec/schema-option.js';
import { QxCacheSettingsError } from '../errors/index.js';
import { defaultMaxValueBytes, maxBytes } from '../settings/byte-count.js';
import { namespace } from '../settings/cache-settings.js';
import { seconds } from '../settings/durations.js';
import { limits } from '../settings/limits.js';
import { problemOfUserKey } from '../settings/user-key.js';
import type { CacheEntries } from './cache-options.js';

const fraction = 'must be a fraction from 0 to 1';
const staleness = 'must be a number of seconds, 0 or more';

export const cacheOptions = z.strictObject({
  namespace: namespace.optional(),
  ttlSeconds: seconds.optional(),
  jitter: z.number(fraction).min(0, fraction).max(1, fraction).default(0),
  codec: codecOption.optional(),
  maxValueBytes: maxBytes.default(defaultMaxValueBytes),
});

export const getOptions = z.strictObject({ schema: schemaOption.optional() });

export const setOptions = z.strictObject({
  ttlSeconds: seconds.optional(),
  when: z.enum(['absent', 'present'], { error: "must be 'absent' or 'present'" }).optional(),
});

export const setManyOptions = setOptions.omit({ when: true });

export const getOrSetOptions = z.strictObject({
  ttlSeconds: seconds,
  staleSeconds: z.union([z.literal(0), seconds], staleness).default(0),
  schema: schemaOption.optional(),
});

/** @throws {@link QxCacheSettingsError} for a key that can't be one */
export function checkKey(key: unknown): asserts key is string {
  const problem = problemOfUserKey(key, limits.cacheKeyBytes);
  if (problem) throw new QxCacheSettingsError(`Cache: a key ${problem}.`);
}

/** @throws {@link QxCacheSettingsError} for a list of keys that is none, or has a bad key */
export function checkKeys(keys: unknown): asserts keys is readonly string[] {
  if (!Array.isArray(keys)) throw new QxCacheSettingsError('Cache: keys must be an array of keys.');
  checkCount(keys.length);
  for (const key of keys) checkKey(key);
}

/**
 * The pairs of `setMany`, the last one of each key.
 *
 * @throws {@link QxCacheSettingsError} when they are neither pairs nor an object, or a key is bad
 */
export function toPairs<T>(entries: CacheEntries<T>): Map<string, T> {
  if (typeof entries !== 'object' || entries === null) throw badEntries();
  const pairs = new Map<string, T>();
  const source = Symbol.iterator in entries ? entries : Object.entries<T>(entries);
  for (const pair of source as Iterable<readonly [string, T]>) {
    if (!Array.isArray(pair) || pair.length !== 2) throw badEntries();
    checkKey(pair[0]);
    pairs.set(pair[0], pair[1]);
    checkCount(pairs.size);
  }
  return pairs;
}

/** @throws {@link QxCacheSettingsError} for more keys than one call may have */
function checkCount(count: number): void {
  if (count <= limits.cacheKeysAtOnce) return;
  throw new QxCacheSettingsError(
    `Cache: a call must have at most ${limits.cacheKeysAtOnce} keys. Share them out among several calls.`,
  );
}

function badEntries(): QxCacheSettingsError {
  return new QxCacheSettingsError('Cache: entries must be [key, value] pairs or a plain object.');
}
