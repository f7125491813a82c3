import type { Attributes } from '@opentelemetry/api';
import type { CacheEvent, IdempotencyEvent, LockEvent } from '../diagnostics/index.js';
import { kindOf } from './attributes.js';

/** A counter, and what each event adds to it. Events that are not named are no one's count. */
interface CounterDefinition<Event extends { readonly event: string }> {
  readonly unit: string;
  readonly description: string;
  readonly counts: Partial<Record<Event['event'], (event: Event) => Attributes>>;
  /** Begin at 0, so that the first increase is seen as one. */
  readonly zeros: readonly Attributes[];
}

/** By the last part of their names. */
export type CounterDefinitions<Event extends { readonly event: string }> = Record<
  string,
  CounterDefinition<Event>
>;

const none = () => ({});
const plain = [{}];
const isTakeover = (is: boolean) => ({ 'qx_cache.takeover': is });
const outcome = (value: string) => ({ 'qx_cache.outcome': value });

export const idempotencyCounters: CounterDefinitions<IdempotencyEvent> = {
  claims: {
    unit: '{claim}',
    description: 'Claims that were granted',
    counts: { claimed: (event) => isTakeover('attempt' in event && event.attempt > 1) },
    zeros: [isTakeover(false), isTakeover(true)],
  },
  replays: {
    unit: '{replay}',
    description: 'Callers that got a stored result',
    counts: { replayed: none },
    zeros: plain,
  },
  ended_claims: {
    unit: '{claim}',
    description: 'Claims that ended: completed, abandoned, or lost to another owner',
    counts: {
      completed: () => outcome('completed'),
      abandoned: () => outcome('abandoned'),
      'claim-lost': () => outcome('lost'),
    },
    zeros: ['completed', 'abandoned', 'lost'].map(outcome),
  },
  unrecorded_results: {
    unit: '{result}',
    description: 'Results of work or steps that were done and are not stored',
    counts: { unrecorded: none },
    zeros: plain,
  },
  reused_keys: {
    unit: '{refusal}',
    description: 'Callers that used a key with another payload',
    counts: { 'key-reused': none },
    zeros: plain,
  },
};

const plainLock = [kindOf({ name: '' })];

export const lockCounters: CounterDefinitions<LockEvent> = {
  acquisitions: {
    unit: '{lease}',
    description: 'Leases that were granted',
    counts: { acquired: kindOf },
    zeros: plainLock,
  },
  ended_leases: {
    unit: '{lease}',
    description: 'Leases that ended: released, or lost under a live owner',
    counts: {
      released: (event) => ({ ...kindOf(event), ...outcome('released') }),
      lost: (event) => ({ ...kindOf(event), ...outcome('lost') }),
    },
    zeros: ['released', 'lost'].map((value) => ({ ...kindOf({ name: '' }), ...outcome(value) })),
  },
  timeouts: {
    unit: '{timeout}',
    description: 'Callers that did not get a lock in time',
    counts: { 'timed-out': kindOf },
    zeros: plainLock,
  },
  renewals: {
    unit: '{renewal}',
    description: 'Renewals of leases',
    counts: { renewed: kindOf },
    zeros: plainLock,
  },
  forced_releases: {
    unit: '{lease}',
    description: 'Leases that an operator took away',
    counts: { forced: kindOf },
    zeros: plainLock,
  },
};

export const cacheCounters: CounterDefinitions<CacheEvent> = {
  lookups: {
    unit: '{lookup}',
    description: 'Values that were asked for',
    counts: {
      hit: () => outcome('hit'),
      miss: () => outcome('miss'),
      stale: () => outcome('stale'),
    },
    zeros: ['hit', 'miss', 'stale'].map(outcome),
  },
  loads: {
    unit: '{load}',
    description: 'Loads that ended',
    counts: { loaded: () => outcome('loaded'), 'load-failed': () => outcome('failed') },
    zeros: ['loaded', 'failed'].map(outcome),
  },
};
