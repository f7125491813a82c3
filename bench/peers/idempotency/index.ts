import type { IdempotencyContestant } from './contestant.js';
import { floor } from './floor.js';
import { nodeIdempotency } from './node-idempotency.js';
import { powertools } from './powertools.js';
import { qxCache } from './qx-cache.js';

export { bareClaims, bareScripts } from './bare-scripts.js';
export type { ClaimContestant, Claimed } from './claims.js';
export type { IdempotencyContestant, RunOnce } from './contestant.js';
export { floor, floorClaims } from './floor.js';
export { powertoolsLocalCache } from './powertools.js';
export { qxCache, qxClaims, qxReplayCache } from './qx-cache.js';
export { qxMediator } from './qx-mediator.js';

/** The other libraries. */
export const idempotencyPeers: readonly IdempotencyContestant[] = [nodeIdempotency, powertools];

/** All that can wait for the result of another caller. */
export const waitingContestants: readonly IdempotencyContestant[] = [qxCache, ...idempotencyPeers];

/** @throws when there is none of that name */
export function idempotencyContestant(name: string): IdempotencyContestant {
  const found = [floor, ...waitingContestants].find((contestant) => contestant.name === name);
  if (!found) throw new Error(`Nothing that runs once is called "${name}".`);
  return found;
}
