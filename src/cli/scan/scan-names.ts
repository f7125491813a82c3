import type { Redis } from 'ioredis';
import type { KeyArea } from '../../redis/key-space.js';
import { isClusterClient } from '../../redis/redis-client.js';
import { RedisRunner } from '../../redis/redis-runner.js';
import type { Session } from '../session.js';
import { type KeyName, nameOf, patternOf } from './key-names.js';

/** How many keys the server looks at in one step: well under a millisecond, so nobody is held up. */
export const SCAN_COUNT = 500;

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

/**
 * All that is stored in an area, step by step: SCAN, never KEYS, at each primary. What is there from the
 * start to the end is found; a name can come more than once.
 */
export async function* scanNames(
  session: Session,
  area: KeyArea,
  prefix = '',
): AsyncGenerator<KeyName[]> {
  const { namespace } = session.settings;
  const pattern = patternOf(namespace, area, prefix);
  for (const node of primariesOf(session)) {
    let cursor = '0';
    do {
      const [next, keys] = await scanStep(session, node, cursor, pattern);
      cursor = next;
      const names = keys.map((key) => nameOf(namespace, area, key));
      yield names.filter((name) => name !== undefined);
    } while (cursor !== '0');
  }
}
