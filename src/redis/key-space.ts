/** The parts of the key space: one prefix each, so that operators and ACLs can tell them apart. */
export type KeyArea = 'cache' | 'idempotency' | 'lock';

/** The start of every key and channel of an area. */
export function areaPrefix(namespace: string, area: KeyArea): string {
  return `${namespace}:${area}:`;
}

/**
 * The Redis key for a user's key or name. The braces make it one hash tag: all that a script
 * touches sits in one slot of a cluster. Braces in the user's part are percent-encoded, so they
 * can't move or end the tag, and no two keys meet.
 *
 * @param part a further key that belongs to the same user key, e.g. `queue`
 */
export function redisKey(namespace: string, area: KeyArea, userKey: string, part?: string): string {
  const tagged = `${areaPrefix(namespace, area)}{${encodeBraces(userKey)}}`;
  return part === undefined ? tagged : `${tagged}:${part}`;
}

function encodeBraces(userKey: string): string {
  if (!/[%{}]/.test(userKey)) return userKey;
  return userKey.replace(/[%{}]/g, encodeURIComponent);
}
