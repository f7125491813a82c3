import { setImmediate as nextTurn } from 'node:timers/promises';
import { CacheUnavailableError, isCacheUnavailableError } from '../../errors/index.js';
import { hasEnded, onClientEnd } from '../../redis/client-end.js';
import type { RedisClient } from '../../redis/redis-client.js';
import { checkFunction } from '../../settings/check-function.js';
import { DistributedLock } from '../distributed-lock.js';
import type { Lease } from '../lease/lease.js';
import { lockName } from '../lock-options.js';
import { backOff } from './back-off.js';
import { firstAbort } from './first-abort.js';
import { type LeadOptions, leadOptions } from './lead-options.js';
import { type LeaderWork, serveTerm, type Term } from './term.js';

/**
 * Runs the work in one process at a time, of all that call this with the same name: a candidate waits for
 * its turn, leads, and is a candidate again. Resolves when `signal` aborts, after the work has settled and
 * the leadership was handed on.
 *
 * - When the leadership is lost, the signal of the work aborts. This process is a candidate again once the
 *   work has settled, so it never runs it twice at once; another process may lead meanwhile, and only the
 *   token tells a late write of the old leader from one of the new.
 * - When the work returns, the next candidate leads, and this one queues up at the end. Alone, it leads
 *   again at once: work that has nothing to do should wait, not return.
 * - While Redis is away, it goes on trying, every 15 seconds in the end. A candidate keeps the process
 *   alive.
 *
 * @param name the lock behind it: that of a `DistributedLock` of the same name
 * @param work gets a signal that aborts when the leadership is lost or `signal` aborts, and the fencing
 *   token of this time in office
 * @throws what the work throws while it leads; the leadership was handed on then
 * @throws {@link CacheUnavailableError} when the client was closed
 * @throws {@link CacheSerializationError} when something else writes to the keys of the lock
 * @throws {@link QxCacheSettingsError} when the name, the work or an option is malformed
 * @example
 * process.once('SIGTERM', () => stopping.abort());
 * await lead(redis, 'outbox-relay', (signal, token) => relay.run(signal, token), {
 *   signal: stopping.signal,
 *   onError: (error) => log.warn(error),
 * });
 */
export async function lead(
  redis: RedisClient,
  name: string,
  work: LeaderWork,
  options: LeadOptions,
): Promise<void> {
  checkFunction('lead', 'work', work);
  const { signal, onError = () => {}, ...lockOptions } = leadOptions(options);
  const lock = new DistributedLock(redis, lockName(name, 'lead'), lockOptions);
  const client = new AbortController();
  const stopWatching = onClientEnd(redis, () => client.abort(closed(name)));
  const stop = firstAbort(signal, client.signal);
  const canGoOn = (error: unknown) => isCacheUnavailableError(error) && !hasEnded(redis);
  const serve = (lease: Lease) => serveTerm(lease, work, stop.signal);
  try {
    while (!stop.signal.aborted) {
      const term = await campaign(lock, serve, { stop: stop.signal, canGoOn, onError });
      for (const error of term?.aftermath ?? []) onError(error);
      if (term?.failure) throw term.failure.error;
      // Work that returns at once must not keep this process from all else.
      await nextTurn();
    }
    if (!signal.aborted) throw client.signal.reason;
  } finally {
    stopWatching();
    stop.unlink();
  }
}

/** Tries until it has led once; gives `undefined` when it was stopped before. */
async function campaign(
  lock: DistributedLock,
  serve: (lease: Lease) => Promise<Term>,
  {
    stop,
    canGoOn,
    onError,
  }: {
    stop: AbortSignal;
    canGoOn: (error: unknown) => boolean;
    onError: (error: unknown) => void;
  },
): Promise<Term | undefined> {
  for (let failures = 0; !stop.aborted; failures += 1) {
    try {
      return await lock.run(serve, { waitSeconds: Number.POSITIVE_INFINITY, signal: stop });
    } catch (error) {
      if (stop.aborted) return undefined;
      if (!canGoOn(error)) throw error;
      onError(error);
    }
    await backOff(failures, stop);
  }
  return undefined;
}

function closed(name: string): CacheUnavailableError {
  return new CacheUnavailableError(
    `The Redis client was closed, so this process is no candidate for "${name}" any more.`,
  );
}
