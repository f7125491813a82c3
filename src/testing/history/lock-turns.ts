import type { LockHistoryEntry } from './lock-history-entry.js';

/** One acquisition that succeeded. */
export interface LockTurn {
  readonly process: string;
  readonly token: number;
  readonly askedAt: number;
  readonly acquiredAt: number;
  /** Until when it was held for certain. */
  readonly heldUntil: number;
  readonly entries: readonly LockHistoryEntry[];
}

/** The acquisitions of a history by the names of their locks, in the order in which they succeeded. */
export function turnsByName(history: readonly LockHistoryEntry[]): Map<string, LockTurn[]> {
  const calls = new Map<string, LockHistoryEntry[]>();
  for (const entry of [...history].sort((a, b) => a.at - b.at)) {
    const known = calls.get(entry.call);
    if (known) known.push(entry);
    else calls.set(entry.call, [entry]);
  }
  const turns = new Map<string, LockTurn[]>();
  for (const entries of calls.values()) {
    const acquired = entries.find(({ type }) => type === 'acquired');
    if (acquired?.type !== 'acquired') continue;
    const { name, process, token, at: acquiredAt } = acquired;
    const askedAt = entries.find(({ type }) => type === 'asked')?.at ?? acquiredAt;
    const heldUntil = entries.at(-1)?.at ?? acquiredAt;
    const turn = { process, token, askedAt, acquiredAt, heldUntil, entries };
    turns.set(name, [...(turns.get(name) ?? []), turn]);
  }
  for (const each of turns.values()) each.sort((a, b) => a.acquiredAt - b.acquiredAt);
  return turns;
}
