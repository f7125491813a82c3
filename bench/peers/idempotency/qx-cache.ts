// The built library, as users get it.
import { IdempotencyStore } from '../../../dist/index.js';
import type { ClaimContestant } from './claims.js';
import {
  type IdempotencyContestant,
  LEASE_SECONDS,
  TTL_SECONDS,
  WAIT_SECONDS,
} from './contestant.js';

const options = { ttlSeconds: TTL_SECONDS, leaseSeconds: LEASE_SECONDS };
const about = {
  name: 'qx-cache',
  packageName: 'qx-cache',
  settings:
    '`IdempotencyStore.run` without a fingerprint. Renewal is on; there is nothing to tune.',
};

export const qxCache: IdempotencyContestant = {
  ...about,
  async open(redis) {
    const store = new IdempotencyStore(redis, { ...options, namespace: 'store' });
    const runOptions = { waitSeconds: WAIT_SECONDS };
    return async (key, work) => (await store.run(key, work, runOptions)).value;
  },
};

/** Its two halves on their own. */
export const qxClaims: ClaimContestant = {
  ...about,
  settings: '`IdempotencyStore.claim`, and `complete` of the claim.',
  async open(redis) {
    const store = new IdempotencyStore(redis, { ...options, namespace: 'claims' });
    return {
      async claim(key) {
        const answer = await store.claim(key);
        if (answer.status === 'completed') return { is: 'completed', value: answer.value };
        if (answer.status !== 'claimed') throw new Error(`qx-cache met somebody at ${key}.`);
        const { claim } = answer;
        return { is: 'claimed', complete: (value) => claim.complete(value) };
      },
    };
  },
};

/** How many results it remembers: more than a measure replays. */
const MAX_ENTRIES = 10_000;

export const qxReplayCache: IdempotencyContestant = {
  name: 'qx-cache, replayCache',
  packageName: 'qx-cache',
  settings: `As qx-cache, with \`replayCache: { maxEntries: ${MAX_ENTRIES}, maxAgeSeconds: 60 }\`: it takes part where there is something to replay.`,
  async open(redis) {
    const replayCache = { maxEntries: MAX_ENTRIES, maxAgeSeconds: 60 };
    const store = new IdempotencyStore(redis, { ...options, namespace: 'replays', replayCache });
    return async (key, work) => (await store.run(key, work)).value;
  },
};
