import { setTimeout as sleep } from 'node:timers/promises';
import {
  IdempotencyAlreadyInProgressError,
  IdempotencyConfig,
  makeIdempotent,
} from '@aws-lambda-powertools/idempotency';
import { CachePersistenceLayer } from '@aws-lambda-powertools/idempotency/cache';
import type { Redis } from 'ioredis';
import { nodeRedisBeside } from '../node-redis.js';
import {
  type IdempotencyContestant,
  POLL_MS,
  type RunOnce,
  TTL_SECONDS,
  WAIT_SECONDS,
  WHY_IDEMPOTENCY_AHEAD,
  type Work,
} from './contestant.js';

async function open(redis: Redis, useLocalCache: boolean): Promise<RunOnce> {
  const client = await nodeRedisBeside(redis);
  const config = new IdempotencyConfig({
    expiresAfterSeconds: TTL_SECONDS,
    useLocalCache,
    maxLocalCacheSize: 10_000,
  });
  // Outside of a Lambda: how long the work may take.
  const context = { getRemainingTimeInMillis: () => WAIT_SECONDS * 1000 };
  config.registerLambdaContext(context as Parameters<typeof config.registerLambdaContext>[0]);
  const persistenceStore = new CachePersistenceLayer({ client: client as never });
  const once = makeIdempotent((_key: string, work: Work) => work(), { persistenceStore, config });
  return async (key, work) => {
    for (;;) {
      try {
        return await once(key, work);
      } catch (error) {
        if (!(error instanceof IdempotencyAlreadyInProgressError)) throw error;
        await sleep(POLL_MS);
      }
    }
  };
}

export const powertools: IdempotencyContestant = {
  name: 'powertools',
  packageName: '@aws-lambda-powertools/idempotency',
  settings: `\`makeIdempotent\` with its \`CachePersistenceLayer\` on a client of the package \`redis\`. It can’t wait for another caller: who meets one asks again after ${POLL_MS} ms.`,
  whyAhead: WHY_IDEMPOTENCY_AHEAD,
  open: (redis) => open(redis, false),
};

export const powertoolsLocalCache: IdempotencyContestant = {
  name: 'powertools, local cache',
  packageName: '@aws-lambda-powertools/idempotency',
  settings:
    'As powertools, with `useLocalCache`: it takes part where there is something to replay. A result that somebody deletes is still replayed by others.',
  whyAhead: 'A local cache answers from the memory of its process, without asking Redis.',
  open: (redis) => open(redis, true),
};
