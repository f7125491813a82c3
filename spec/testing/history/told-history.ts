import type { IdempotencyHistoryEntry } from '../../../src/testing/index.js';

/** The entries of a hand-made history; of all calls the key is "key" and the time in seconds. */
export function call(process: string, call: string) {
  const stamp = (at: number) => ({ at, process, call, key: 'key' });
  return {
    asks: (at: number): IdempotencyHistoryEntry => ({ type: 'called', ...stamp(at) }),
    starts: (at: number, attempt: number, token: number): IdempotencyHistoryEntry => ({
      type: 'run-started',
      ...stamp(at),
      attempt,
      token,
    }),
    returns: (at: number, value: string): IdempotencyHistoryEntry => ({
      type: 'run-ended',
      ...stamp(at),
      outcome: 'returned',
      value,
    }),
    throws: (at: number): IdempotencyHistoryEntry => ({
      type: 'run-ended',
      ...stamp(at),
      outcome: 'threw',
    }),
    loses: (at: number): IdempotencyHistoryEntry => ({
      type: 'run-ended',
      ...stamp(at),
      outcome: 'lost',
    }),
    gets: (at: number, value: string): IdempotencyHistoryEntry => ({
      type: 'answered',
      ...stamp(at),
      value,
      replayed: false,
    }),
    getsReplay: (at: number, value: string): IdempotencyHistoryEntry => ({
      type: 'answered',
      ...stamp(at),
      value,
      replayed: true,
    }),
    getsUnrecorded: (at: number, value: string): IdempotencyHistoryEntry => ({
      type: 'answered',
      ...stamp(at),
      value,
      replayed: false,
      unrecorded: true,
    }),
    fails: (at: number, code: string): IdempotencyHistoryEntry => ({
      type: 'answered',
      ...stamp(at),
      code,
    }),
  };
}

export const killed = (at: number, process: string): IdempotencyHistoryEntry => ({
  type: 'killed',
  at,
  process,
});

/** Stopped from one time to the other; without a name, all processes. */
export const stopped = (from: number, to: number, process?: string): IdempotencyHistoryEntry[] => [
  { type: 'stopped', at: from, ...(process && { process }) },
  { type: 'continued', at: to, ...(process && { process }) },
];

export const forgotten = (at: number, key?: string): IdempotencyHistoryEntry => ({
  type: 'forgotten',
  at,
  ...(key && { key }),
});

/** Something that happened to another key, so that the history goes on until then. */
export const later = (at: number): IdempotencyHistoryEntry => ({
  type: 'called',
  at,
  process: 'other',
  call: 'other',
  key: 'other',
});
