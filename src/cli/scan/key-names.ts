import { areaPrefix, type KeyArea, redisKey } from '../../redis/key-space.js';

/** What a Redis key of an area belongs to. */
export interface KeyName {
  /** The user's key, or the name of a lock. */
  readonly name: string;
  /** What of it lies there, e.g. `queue`; `undefined` for the thing itself. */
  readonly part: string | undefined;
}

/** The glob that finds all keys of an area whose user's part starts with a prefix. */
export function patternOf(namespace: string, area: KeyArea, prefix: string): string {
  // The last character is the brace that closes the tag: what starts with the prefix goes on instead.
  const start = redisKey(namespace, area, prefix).slice(0, -1);
  return `${start.replace(/[*?[\]\\^-]/g, '\\$&')}*`;
}

/** What a Redis key belongs to; `undefined` when it is none of this area. */
export function nameOf(namespace: string, area: KeyArea, key: string): KeyName | undefined {
  const start = areaPrefix(namespace, area);
  if (!key.startsWith(start)) return undefined;
  const [, tag, part] = /^\{([^{}]*)\}(?::(.*))?$/s.exec(key.slice(start.length)) ?? [];
  if (tag === undefined) return undefined;
  return { name: tag.replace(/%(25|7B|7D)/g, decodeURIComponent), part };
}
