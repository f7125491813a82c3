import type { Redis } from 'ioredis';
import { conformance, expireClaim, type StoreUnderTest } from '../../../src/testing/index.js';
import { FailureKeepingStore } from '../broken/stores/failure-keeping-store.js';
import { FirstAttemptStore } from '../broken/stores/first-attempt-store.js';
import { GetThenSetStore } from '../broken/stores/get-then-set-store.js';
import { idleStore } from '../broken/stores/idle-store.js';
import { JsonStore } from '../broken/stores/json-store.js';
import { OneTokenStore } from '../broken/stores/one-token-store.js';
import { OptionlessStore } from '../broken/stores/optionless-store.js';
import { OverwritingStore } from '../broken/stores/overwriting-store.js';
import { StrictLeaseStore } from '../broken/stores/strict-lease-store.js';
import { StrictPayloadStore } from '../broken/stores/strict-payload-store.js';
import { StuckStore } from '../broken/stores/stuck-store.js';
import { TellingStore } from '../broken/stores/telling-store.js';
import { UnfencedStore } from '../broken/stores/unfenced-store.js';
import { type Defect, itCatches } from './defects.js';

type Create = (redis: Redis) => StoreUnderTest;

const defects: Record<string, Defect<Create>> = {
  'looks for a result and stores one later': {
    create: (redis) => new GetThenSetStore(redis),
    caughtBy: [
      'of many callers at once one executes, and all get its result',
      'with "reject" a caller is refused while another executes',
      'a caller whose waitSeconds are over is refused while another executes',
      'null, undefined and false are results like any other',
      'what cannot be stored is returned to its caller, and nobody executes again',
    ],
  },
  'lets a late owner overwrite': {
    create: (redis) => new UnfencedStore(redis),
    caughtBy: [
      'a late owner cannot overwrite: it learns of its loss, and the stored result stays',
      'the owner of a key that was deleted cannot overwrite',
      'a set replaces a claim in progress, whose owner loses',
      'a run that lost its claim says so, and gives what its work produced',
    ],
  },
  'stores what failed': {
    create: (redis) => new FailureKeepingStore(redis),
    caughtBy: [
      'work that throws is not stored: its caller gets the error, the next one executes',
      'when the work throws, one of those who wait executes next',
      'a value that storeWhen refuses is returned and not stored',
      'of a Result only a success is stored, and a replay is one again',
    ],
  },
  'never gives up a claim': {
    create: (redis) => new StuckStore(redis),
    caughtBy: [
      'work that throws is not stored: its caller gets the error, the next one executes',
      'what a claim completes is the result; what it gives up, the next one claims',
    ],
  },
  'leaves those who wait for what failed alone': {
    create: (redis) => new StuckStore(redis),
    hangs: true,
    caughtBy: ['when the work throws, one of those who wait executes next'],
  },
  'does not compare payloads': {
    create: (redis) => new OptionlessStore(redis, ['fingerprint']),
    caughtBy: [
      'another payload under the same key is refused, also while the first is in progress',
    ],
  },
  'takes no payload for another payload': {
    create: (redis) => new StrictPayloadStore(redis),
    caughtBy: ['where one side gave no payload, nothing is compared'],
  },
  'keeps results for too long': {
    create: (redis) => new OptionlessStore(redis, ['ttlSeconds']),
    hangs: true,
    caughtBy: ['a result ends with its ttlSeconds'],
  },
  'lets others take over what they must not': {
    create: (redis) => new OptionlessStore(redis, ['takeover']),
    caughtBy: ['with takeover "never" nobody takes over a dead owner, until the key is deleted'],
  },
  'overwrites results': {
    create: (redis) => new OverwritingStore(redis),
    caughtBy: ['a stored result never changes until it is deleted'],
  },
  'replays something else': {
    create: (redis) => new JsonStore(redis),
    caughtBy: ['the first caller executes, and a later one gets its result'],
  },
  'has one token for all': {
    create: (redis) => new OneTokenStore(redis),
    caughtBy: [
      'tokens grow with every claim of a key',
      'the claim of a dead owner passes to the next caller, whose attempt is one higher',
    ],
  },
  'does not count take-overs': {
    create: (redis) => new FirstAttemptStore(redis),
    caughtBy: ['the claim of a dead owner passes to the next caller, whose attempt is one higher'],
  },
  'refuses a result when the lease is over': {
    create: (redis) => new StrictLeaseStore(redis),
    caughtBy: ['an owner whose lease ended but whom nobody replaced still completes'],
  },
  'renews nothing': {
    create: (redis) => idleStore(redis),
    caughtBy: ['a live owner keeps its claim for longer than the lease'],
  },
  'tells results': {
    create: (redis) => new TellingStore(redis),
    caughtBy: ['inspect tells the state and the attempt'],
  },
};

describe('The conformance suite of idempotency stores', () => {
  itCatches(
    (redis, create: Create, timeoutSeconds) =>
      conformance.idempotency(() => create(redis()), {
        timeoutSeconds,
        expire: (key) => expireClaim(redis(), key),
      }),
    defects,
  );
});
