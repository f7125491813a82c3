import type { Openable } from '../../contest/open-clients.js';
import type { Operation } from '../../contest/rate.js';
import {
  type Caching,
  floor as cacheFloor,
  qxCache as qxCaching,
} from '../../peers/cache/index.js';
import {
  floor as idempotencyFloor,
  qxCache as qxStore,
  type RunOnce,
} from '../../peers/idempotency/index.js';
import { type LockOf, floor as lockFloor, qxCache as qxLock } from '../../peers/lock/index.js';
import { firstRuns, replays } from '../idempotency/operations.js';
import { ORDER, work } from '../order.js';

/** Makes what so many callers of a process do. */
type OperationFor = (callers: number) => Promise<Operation>;

/** What grows: done by the library, and by the least that could do it. */
export interface Subject {
  readonly name: string;
  readonly ours: Openable<OperationFor>;
  readonly floor: Openable<OperationFor>;
}

/** Keys of one process are not those of another. */
const own = String(process.pid);

export const subjects: readonly Subject[] = [
  subjectOf(
    'first run',
    qxStore,
    idempotencyFloor,
    (runOnce) => async () => firstRuns((key, once) => runOnce(`${own}-${key}`, once), work),
  ),
  subjectOf(
    'replay',
    qxStore,
    idempotencyFloor,
    (runOnce: RunOnce) => (callers) => replays(runOnce, work, { callers, name: `replay-${own}` }),
  ),
  subjectOf('lock pair', qxLock, lockFloor, (lockOf: LockOf) => async (callers) => {
    const locks = Array.from({ length: callers }, (_, caller) => lockOf(`lock-${own}-${caller}`));
    return async (caller) => {
      const release = await locks[caller]?.();
      await release?.();
    };
  }),
  subjectOf('cache get', qxCaching, cacheFloor, (cache: Caching) => async (callers) => {
    const keys = Array.from({ length: callers }, (_, caller) => `key-${own}-${caller}`);
    for (const key of keys) await cache.set(key, ORDER);
    return (caller) => cache.get(keys[caller] ?? '');
  }),
];

function subjectOf<T>(
  name: string,
  ours: Openable<T>,
  floor: Openable<T>,
  operationFor: (opened: T) => OperationFor,
): Subject {
  const opening = (one: Openable<T>): Openable<OperationFor> => ({
    ...one,
    open: async (redis) => operationFor(await one.open(redis)),
  });
  return { name, ours: opening(ours), floor: opening(floor) };
}
