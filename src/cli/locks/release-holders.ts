import { lockValues } from '../../lock/lock-commands.js';
import { poolValues } from '../../lock/permits/permit-commands.js';
import { readWritePool, semaphorePool } from '../../lock/permits/permit-pool.js';
import type { Session } from '../session.js';
import type { LockKind } from './lock-view.js';
import { releaseLockScript, releasePermitsScript } from './release-scripts.js';

/** What is released. */
export interface Held {
  readonly kind: LockKind;
  readonly name: string;
  /** Of a semaphore. */
  readonly permits: number;
  /** Of the holders that are meant: whoever got it since keeps it. */
  readonly tokens: readonly number[];
}

/**
 * Takes a lock, or the like, from its holders in one step, and hands it on. Not by `forceRelease`, which
 * takes it from whoever holds it by then.
 *
 * @param id of this request
 * @returns whether one of them still held it
 */
export function releaseHolders(
  { redis, runner, settings }: Pick<Session, 'redis' | 'runner' | 'settings'>,
  { kind, name, permits, tokens }: Held,
  id: string,
): Promise<boolean> {
  const { namespace } = settings;
  const request = { id, tokens: `,${tokens.join(',')},` };
  const subject = `${kind} "${name}"`;
  if (kind === 'lock') {
    const values = { ...lockValues(redis, namespace, name), ...request };
    return runner.script(releaseLockScript, values, subject);
  }
  const pool = kind === 'semaphore' ? semaphorePool(name, permits) : readWritePool(name);
  const values = { ...poolValues(redis, namespace, pool), ...request };
  return runner.script(releasePermitsScript, values, subject);
}
