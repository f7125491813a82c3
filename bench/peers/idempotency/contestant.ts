import type { Openable } from '../../contest/open-clients.js';

export type Work = () => Promise<unknown>;

/** Runs the work, or gives the result of an earlier run of that key. */
export type RunOnce = (key: string, work: Work) => Promise<unknown>;

/** A library that makes work run once, behind the interface that all measures of it use. */
export type IdempotencyContestant = Openable<RunOnce>;

/** How long a result is kept: nobody's record may end during a measure. */
export const TTL_SECONDS = 3600;
/** How long a claim outlives its owner. */
export const LEASE_SECONDS = 30;
/** How often those who can only ask again do so. */
export const POLL_MS = 10;
/** The longest wait for the result of another caller. */
export const WAIT_SECONDS = 60;

/** Why others can be faster. */
export const WHY_IDEMPOTENCY_AHEAD =
  'The others neither renew nor fence a claim nor wake who waits: two plain `SET`s and a `GET` are less for Redis than scripts. Their client `redis` also writes all commands of one tick at once.';
