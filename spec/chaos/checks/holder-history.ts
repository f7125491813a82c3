import type { Entry } from '../workloads/workload.js';

/** What one who wants a lock, or the like, does and sees. */
export type HolderEntry = Entry & {
  readonly process: string;
  /** Unique in the whole history. */
  readonly call: string;
} & (
    | { readonly type: 'asked'; readonly share: 'one' | 'all'; readonly waits: boolean }
    | { readonly type: 'acquired'; readonly token: number }
    /** `isHeld` was true at this time, or after it. */
    | { readonly type: 'held' }
    | { readonly type: 'releasing' | 'released' | 'busy' }
    | { readonly type: 'failed'; readonly code: string }
  );

/** One call, from the question to the end of its lease. */
export interface Turn {
  readonly call: string;
  readonly process: string;
  readonly share: 'one' | 'all';
  readonly waits: boolean;
  readonly askedAt: number;
  readonly token?: number;
  readonly acquiredAt?: number;
  /** Until then, from when it was acquired, it was held for certain. */
  readonly heldUntil?: number;
  readonly isReleased: boolean;
  readonly failedAt?: number;
  readonly code?: string;
}

export type HeldTurn = Turn & Required<Pick<Turn, 'token' | 'acquiredAt'>>;

/** The calls of a history, in the order in which they were made. */
export function turnsOf(history: readonly HolderEntry[]): Turn[] {
  const turns = new Map<string, Turn>();
  let releasingAt = new Map<string, number>();
  for (const entry of [...history].sort((a, b) => a.at - b.at)) {
    const { call, process, at } = entry;
    const turn = turns.get(call);
    if (entry.type === 'asked') {
      const { share, waits } = entry;
      turns.set(call, { call, process, share, waits, askedAt: at, isReleased: false });
    } else if (turn && entry.type === 'releasing') {
      releasingAt = releasingAt.set(call, at);
    } else if (turn) {
      turns.set(call, { ...turn, ...partOf(entry, releasingAt.get(call)) });
    }
  }
  return [...turns.values()];
}

/** A release that succeeded tells that it was held when the release was asked for. */
function partOf(entry: HolderEntry, releasingAt: number | undefined): Partial<Turn> {
  switch (entry.type) {
    case 'acquired':
      return { token: entry.token, acquiredAt: entry.at };
    case 'held':
      return { heldUntil: entry.at };
    case 'released':
      return { isReleased: true, ...(releasingAt !== undefined && { heldUntil: releasingAt }) };
    case 'failed':
      return { failedAt: entry.at, code: entry.code };
    default:
      return {};
  }
}

/** The calls that acquired what they asked for. */
export function heldTurns(turns: readonly Turn[]): HeldTurn[] {
  return turns.filter((turn): turn is HeldTurn => turn.acquiredAt !== undefined);
}
