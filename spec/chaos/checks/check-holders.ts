import type { Circumstances } from '../circumstances.js';
import { AFTERWARDS } from '../workloads/workload.js';
import { checkCodes } from './check-codes.js';
import { type HolderEntry, heldTurns, turnsOf } from './holder-history.js';
import {
  type Capacity,
  checkExclusion,
  checkKept,
  checkOrder,
  checkStandstill,
  checkTokens,
} from './holder-rules.js';
import type { Verdict } from './verdict.js';

/** Judges a history of a lock, a semaphore or a read-write lock. */
export function checkHolders(
  history: readonly HolderEntry[],
  capacity: Capacity,
  circumstances: Circumstances,
): Verdict {
  const turns = turnsOf(history);
  const held = heldTurns(turns);
  const order = checkOrder(held, circumstances);
  const expected = ['QX_UNAVAILABLE', 'QX_LOCK_TIMEOUT', 'QX_LOCK_NOT_HELD', 'TimeoutError'];
  return {
    breaches: [
      ...checkExclusion(held, capacity, circumstances),
      ...checkTokens(held),
      ...order.breaches,
      ...checkKept(turns, circumstances),
      // Afterwards it begins only when all processes have ended.
      ...checkStandstill(
        held.filter(({ process }) => process !== AFTERWARDS),
        circumstances,
      ),
      ...checkCodes(turns, expected),
    ],
    judged: {
      calls: turns.length,
      acquired: held.length,
      released: held.filter(({ isReleased }) => isReleased).length,
      lost: held.filter(({ code }) => code === 'QX_LOCK_NOT_HELD').length,
      'in order': order.judged,
    },
  };
}
