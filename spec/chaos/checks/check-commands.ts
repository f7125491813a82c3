import type { IdempotencyHistoryEntry } from '../../../src/testing/index.js';
import type { Circumstances } from '../circumstances.js';
import { checkIdempotency } from './check-idempotency.js';
import { type HolderEntry, heldTurns, turnsOf } from './holder-history.js';
import { checkExclusion, checkTokens } from './holder-rules.js';
import type { Verdict } from './verdict.js';

/** What is seen of a command that is idempotent and runs under a lock. */
export type CommandEntry = IdempotencyHistoryEntry | HolderEntry;

/** A command has its key while it waits for its lock, in a queue of others whose leases may have to end. */
const takeoverSlackSeconds = 12;

/** Judges the commands of a mediator: once for each key, and one at a time. */
export function checkCommands(
  history: readonly CommandEntry[],
  circumstances: Circumstances,
): Verdict {
  const ofLocks = history.filter(isOfLock);
  const ofKeys = history.filter((entry) => !isOfLock(entry)) as IdempotencyHistoryEntry[];
  const once = checkIdempotency(ofKeys, circumstances, {
    takeoverSlackSeconds,
    codes: ['QX_LOCK_TIMEOUT'],
  });
  const held = heldTurns(turnsOf(ofLocks));
  return {
    breaches: [
      ...once.breaches,
      ...checkExclusion(held, { permits: 1 }, circumstances),
      ...checkTokens(held),
    ],
    judged: { ...once.judged, locked: held.length },
  };
}

function isOfLock(entry: CommandEntry): entry is HolderEntry {
  return entry.type === 'asked' || entry.type === 'acquired' || entry.type === 'held';
}
