import type { Openable } from '../../contest/open-clients.js';
import type { Operation } from '../../contest/rate.js';

/** A mediator that gets requests which nobody wants to run once, or under a lock. */
export type MediatorContestant = Openable<PlainMediator>;

export interface PlainMediator {
  /** Before it has its turn: the list of behaviors of mediatr-ts is one for the whole process. */
  listBehaviors(): void;
  readonly send: Operation;
}
