import type { Redis } from 'ioredis';
import type { Contestant } from '../../contest/contestant.js';

export type Release = () => Promise<unknown>;

/** A lock as one caller has it. Waits until the lock is free; each `Acquire` is another caller. */
export type Acquire = () => Promise<Release>;

/** A lock library behind the interface that all measures of locks use. */
export interface LockContestant extends Contestant {
  /** Gets ready on this client, and gives what makes a caller's lock object of a name. */
  open(redis: Redis): Promise<(name: string) => Acquire>;
}

/** Nobody's lease may end during a measure, whatever the machine does. */
export const TTL_SECONDS = 30;

/** The longest wait for a lock: those who starve for longer fail the measure. */
export const WAIT_SECONDS = 60;
