import type { Openable } from '../../contest/open-clients.js';
import type { RunOnce } from './contestant.js';

/** Whoever can tell the two halves of a run apart. */
export type ClaimContestant = Openable<Claims>;

/** A run in two halves. */
export interface Claims {
  claim(key: string): Promise<Claimed | { readonly is: 'completed'; readonly value: unknown }>;
}

/** A key that is the caller's. */
export interface Claimed {
  readonly is: 'claimed';
  complete(value: unknown): Promise<unknown>;
}

/** A run, of its two halves. */
export function runOnceBy(claims: Claims): RunOnce {
  return async (key, work) => {
    const answer = await claims.claim(key);
    if (answer.is === 'completed') return answer.value;
    const value = await work();
    await answer.complete(value);
    return value;
  };
}
