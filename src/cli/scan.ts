import type { Redis } from 'ioredis';
import { areaPrefix, type KeyArea, redisKey } from '../redis/key-space.js';
import { isClusterClient } from '../redis/redis-client.js';
import { RedisRunner } from '../redis/redis-runner.js';
import type { Session } from './session.js';

/** How many keys the server looks at in one step: well under a millisecond, so nobody is held up. */
export const SCAN_COUNT = 500;

/** What a Redis key of an area belongs to. */
export interface KeyName {
  /** The user's key, or the name of a lock. */
  readonly name: string;
  /** What of it lies there, e.g. `queue`; `undefined` for the thing itself. */
  readonly part: string | undefined;
}

/** Something that a user named. */
export interface Found<Kind> {
  readonly kind: Kind;
  readonly name: string;
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

/** The servers that hold keys: the one, or the primaries of a cluster. */
export function primariesOf({ redis }: Pick<Session, 'redis'>): Redis[] {
  return isClusterClient(redis)
    ? (redis as unknown as { nodes(role: 'master'): Redis[] }).nodes('master')
    : [redis as Redis];
}

/** One step of a SCAN, with the time limit and the errors of all other commands. */
export async function scanStep(
  { settings }: Pick<Session, 'settings'>,
  node: Redis,
  cursor: string,
  pattern: string,
): Promise<[cursor: string, keys: string[]]> {
  const runner = new RedisRunner(node, settings.commandTimeoutSeconds);
  return runner.command(
    () => node.scan(cursor, 'MATCH', pattern, 'COUNT', SCAN_COUNT),
    'SCAN (the list of keys)',
  );
}

/** Tells when a node of a cluster was given as if it were all: other nodes have keys, too. */
async function noteLoneNode({ redis, runner, reporter }: Session): Promise<void> {
  if (isClusterClient(redis)) return;
  // Without the right to INFO nobody can tell.
  const info = await runner.command(() => redis.info('server'), 'INFO').catch(() => '');
  if (!/^redis_mode:cluster/m.test(info)) return;
  reporter.note(
    'The server is one node of a Redis Cluster, and only its keys are looked at: give the URL as redis+cluster://host:port.',
  );
}

/**
 * All that is stored in an area, step by step, each once: SCAN, never KEYS, at each primary. What is
 * there from the start to the end is found.
 *
 * @param kindOf what a key belongs to; `undefined` for one that counts for nothing
 */
export async function* scanNames<Kind extends string>(
  session: Session,
  area: KeyArea,
  prefix: string | undefined,
  kindOf: (key: KeyName) => Kind | undefined,
): AsyncGenerator<Found<Kind>[]> {
  await noteLoneNode(session);
  const { namespace } = session.settings;
  const pattern = patternOf(namespace, area, prefix ?? '');
  const seen = new Set<string>();
  for (const node of primariesOf(session)) {
    let cursor = '0';
    do {
      const [next, keys] = await scanStep(session, node, cursor, pattern);
      cursor = next;
      yield keys.flatMap((key) => {
        const keyName = nameOf(namespace, area, key);
        const kind = keyName && kindOf(keyName);
        if (!keyName || !kind || seen.has(`${kind}:${keyName.name}`)) return [];
        seen.add(`${kind}:${keyName.name}`);
        return [{ kind, name: keyName.name }];
      });
    } while (cursor !== '0');
  }
}
