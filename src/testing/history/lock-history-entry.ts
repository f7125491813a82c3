/**
 * One thing that happened to one who asked for a lock or a permit, in whatever process. Plain data: one
 * line of NDJSON each. A history is the entries of all processes together, in any order.
 */
export type LockHistoryEntry = LockHistoryStamp & LockHistoryEvent;

/** What happened. */
export type LockHistoryEvent =
  /** Just before the lock is asked for. */
  | { readonly type: 'asked' }
  /** The lease is there. */
  | { readonly type: 'acquired'; readonly token: number }
  /** The lease was held at that time: `isHeld` was true when it was looked at just afterwards. */
  | { readonly type: 'held' }
  /** A release was asked for at that time, and succeeded: so it was held until then. */
  | { readonly type: 'released' };

/** Who it was, and when. */
export interface LockHistoryStamp {
  /** In seconds, on one clock for all processes: `historySeconds`. */
  readonly at: number;
  readonly process: string;
  /** The acquisition, unique in the whole history. */
  readonly call: string;
  /** The name of the lock. */
  readonly name: string;
}

/**
 * A promise that was broken. `overlap`: more held it at once than may. `token`: it was no larger than
 * one that had been granted before, or two had the same.
 */
export interface LockHistoryViolation {
  readonly rule: 'overlap' | 'token';
  readonly name: string;
  /** What is wrong, for people. */
  readonly message: string;
  /** The entries that the violation rests on, in the order of time. */
  readonly entries: readonly LockHistoryEntry[];
}
