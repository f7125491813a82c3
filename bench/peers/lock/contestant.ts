import type { Openable } from '../../contest/open-clients.js';

export type Release = () => Promise<unknown>;

/** A lock as one caller has it. Waits until the lock is free; each `Acquire` is another caller. */
export type Acquire = () => Promise<Release>;

/** Makes a caller's lock object of a name. */
export type LockOf = (name: string) => Acquire;

/** A lock library behind the interface that all measures of locks use. */
export interface LockContestant extends Openable<LockOf> {
  /** Whether one lock object serves all callers of a process; others make one for each. */
  readonly isShared?: boolean;
}

/** Why locks of others do less for each turn. */
export const WHY_LOCKS_AHEAD =
  'The other locks keep no queue, no fencing token that grows and no receipts for commands sent twice: they have less to do, and less to remember.';

/** Nobody's lease may end during a measure, whatever the machine does. */
export const TTL_SECONDS = 30;

/** The longest wait for a lock: those who starve for longer fail the measure. */
export const WAIT_SECONDS = 60;
