import type { Cluster, Redis } from 'ioredis';
import type { Claim, ClaimOptions, IdempotencyStore } from '../../src/index.js';
import type { Engine } from './engines.js';
import { gate } from './gate.js';
import { recordKey } from './raw-record.js';

/** Claims a key that must be free. */
export async function claimOf(
  store: IdempotencyStore,
  key: string,
  options?: ClaimOptions,
): Promise<Claim> {
  const answer = await store.claim(key, options);
  if (answer.status !== 'claimed') throw new Error(`"${key}" is not free but ${answer.status}`);
  return answer.claim;
}

/** Lets a lease be over now, as if its owner had been dead or paused for as long as it lasts. */
export async function endLease(redis: Redis | Cluster, engine: Engine, key: string): Promise<void> {
  await redis.hset(recordKey(engine, key), 'until', '1');
}

/** A run that goes on until it is told what to return. */
export function openRun<T>(
  store: Pick<IdempotencyStore, 'run'>,
  key: string,
  options?: Parameters<IdempotencyStore['run']>[2],
) {
  const started = gate<Claim>();
  const finished = gate<T>();
  const outcome = store.run(
    key,
    (claim) => {
      started.open(claim);
      return finished.opened;
    },
    options as Parameters<typeof store.run<T>>[2],
  );
  // The test looks at it in the end; until then a rejection is no accident.
  outcome.catch(() => {});
  return { started: started.opened, finish: finished.open, outcome };
}
