import type { LockHistoryEntry, LockHistoryViolation } from './lock-history-entry.js';
import { type LockTurn, turnsByName } from './lock-turns.js';

/**
 * Checks a history of all processes for what a lock or a semaphore promises: no more hold it at once than
 * may, and tokens grow. It judges what was seen from outside and asks no Redis.
 *
 * Somebody counts as a holder from when the lease was there until it was last known to be held. So a
 * process that stood still is judged right, and nobody has to tell of it: it looks at `isHeld` when it
 * goes on, and finds that its lease is over.
 *
 * @param options `permits`: how many may hold it at once. Default: 1, a lock.
 * @returns what is wrong; empty when nothing is
 * @example
 * expect(checkLockHistory(entries)).to.deep.equal([]);
 */
export function checkLockHistory(
  history: readonly LockHistoryEntry[],
  { permits = 1 }: { readonly permits?: number | undefined } = {},
): LockHistoryViolation[] {
  return [...turnsByName(history)].flatMap(([name, turns]) => [
    ...checkOverlaps(name, turns, permits),
    ...checkTokens(name, turns),
  ]);
}

function checkOverlaps(
  name: string,
  turns: readonly LockTurn[],
  permits: number,
): LockHistoryViolation[] {
  let inside: LockTurn[] = [];
  return turns.flatMap((turn) => {
    inside = inside.filter(({ heldUntil }) => heldUntil > turn.acquiredAt);
    inside.push(turn);
    if (inside.length <= permits) return [];
    const [latest, ...others] = [...inside].reverse().map(nameOf);
    const message = `${latest} acquired "${name}" while it was held by ${others.join(' and ')}.`;
    return [{ rule: 'overlap', name, message, entries: entriesOf(inside) } as const];
  });
}

/** Who asked when another one had the lock already has to get a larger token. */
function checkTokens(name: string, turns: readonly LockTurn[]): LockHistoryViolation[] {
  const byToken = new Map<number, LockTurn>();
  let before = 0;
  let highest: LockTurn | undefined;
  return [...turns]
    .sort((a, b) => a.askedAt - b.askedAt)
    .flatMap((turn) => {
      for (let next = turns[before]; next && next.acquiredAt < turn.askedAt; ) {
        if (next.token > (highest?.token ?? 0)) highest = next;
        before += 1;
        next = turns[before];
      }
      const isLater = turn.token > (highest?.token ?? 0);
      const other = isLater ? byToken.get(turn.token) : highest;
      byToken.set(turn.token, turn);
      if (!other && Number.isSafeInteger(turn.token)) return [];
      const message = `${nameOf(turn)} acquired "${name}" ${other ? `after ${nameOf(other)}` : 'with what is no safe integer'}.`;
      return [
        {
          rule: 'token',
          name,
          message,
          entries: entriesOf(other ? [other, turn] : [turn]),
        } as const,
      ];
    });
}

function nameOf({ process, token }: LockTurn): string {
  return `${process} (token ${token})`;
}

function entriesOf(turns: readonly LockTurn[]): LockHistoryEntry[] {
  return turns.flatMap(({ entries }) => entries).sort((a, b) => a.at - b.at);
}
