import type { IdempotencyHistoryEntry } from './history-entry.js';

/**
 * The promises that a history is checked for:
 *
 * | rule      | promise |
 * |-----------|---------|
 * | once      | no run after one whose result is stored, or beside it |
 * | claim     | each run has a claim of its own: its token is larger than all before, `attempt` grows by take-over |
 * | overlap   | no two runs of a key at once, unless the first was lost, or its process killed or stopped |
 * | too-early | nobody takes over before a lease can have ended |
 * | too-late  | a dead owner's claim passes to one who waits for it within the lease |
 * | replay    | every replay is the stored result |
 * | answer    | no answer that nobody produced |
 */
export type IdempotencyHistoryRule =
  | 'once'
  | 'claim'
  | 'overlap'
  | 'too-early'
  | 'too-late'
  | 'replay'
  | 'answer';

/** A promise that was broken, and what shows it. */
export interface IdempotencyHistoryViolation {
  readonly rule: IdempotencyHistoryRule;
  readonly key: string;
  /** What is wrong, for people. */
  readonly message: string;
  /** The entries of the history that the violation rests on, in the order of time. */
  readonly entries: readonly IdempotencyHistoryEntry[];
}

/** What is known while rules are applied. */
export interface CheckSettings {
  readonly leaseSeconds: number;
  readonly takeoverSlackSeconds: number;
}
