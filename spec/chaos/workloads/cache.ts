import { setTimeout as sleep } from 'node:timers/promises';
import { Cache } from '../../../src/index.js';
import { historySeconds } from '../../../src/testing/index.js';
import type { Random } from '../../support/random.js';
import type { CacheEntry, CacheOperation } from '../checks/cache-history.js';
import { checkCache, LOAD_TTL_SECONDS } from '../checks/check-cache.js';
import { inBatches } from '../in-batches.js';
import { codeOf, type LoadContext, type Workload } from './workload.js';

/** All processes use the same keys meanwhile, in seconds; then others. */
const epochSeconds = 3;
const longLifeSeconds = 3600;

type Without<T> = T extends unknown ? Omit<T, 'at' | 'process' | 'call' | 'key'> : never;
type Write = (entry: Without<CacheEntry>) => void;

let calls = 0;

/** One operation, and all that is seen of it. Values are the names of their calls, so each is another. */
async function operate(
  { process, write: append }: LoadContext,
  cache: Cache,
  key: string,
  operation: CacheOperation,
  random: Random,
): Promise<void> {
  calls += 1;
  const call = `${process}#${calls}`;
  const write: Write = (entry) =>
    append({ ...entry, at: historySeconds(), process, call, key } as CacheEntry);
  const load = async () => {
    write({ type: 'loading' });
    await sleep(random.next() * 200);
    const isFailing = random.chance(0.15);
    write({ type: 'loaded', isFailed: isFailing });
    if (isFailing) throw Object.assign(new Error('no such thing'), { code: `LOAD_FAILED ${call}` });
    return call;
  };
  const ttlSeconds = longLifeSeconds;
  const options = { ttlSeconds: LOAD_TTL_SECONDS };
  const answerOf: Record<CacheOperation, () => Promise<unknown>> = {
    get: () => cache.get(key),
    set: () => cache.set(key, call, { ttlSeconds }),
    'set when absent': () => cache.set(key, call, { ttlSeconds, when: 'absent' }),
    delete: () => cache.delete(key),
    load: () => cache.getOrSet(key, load, options),
    'load or stale': () => cache.getOrSet(key, load, { ...options, staleSeconds: 5 }),
  };
  write({ type: 'asked', operation });
  try {
    write({ type: 'answered', answer: (await answerOf[operation]()) ?? null });
  } catch (error) {
    write({ type: 'failed', code: codeOf(error) });
  }
}

/** What is done with each kind of key; what stands there twice is done twice as often. */
const operationsOf: Readonly<Record<string, readonly CacheOperation[]>> = {
  register: ['get', 'get', 'set', 'delete'],
  mixed: ['get', 'get', 'get', 'set', 'delete', 'delete', 'load', 'load', 'load', 'load'],
  loaded: ['get', 'load', 'load'],
  stale: ['get', 'load or stale', 'load or stale', 'load or stale', 'delete'],
  once: ['get', 'set when absent'],
};
const kinds = Object.keys(operationsOf);

/** Callers that read, write, delete and load the same keys. */
export const cache: Workload = {
  name: 'cache',
  callers: 4,
  start(context) {
    const tested = new Cache(context.redis, { namespace: context.namespace });
    return async (random) => {
      const kind = random.pick(kinds);
      const epoch = Math.floor((historySeconds() - context.startedAt) / epochSeconds);
      const key = `${kind}-${epoch}-${random.below(2)}`;
      await operate(context, tested, key, random.pick(operationsOf[kind] ?? []), random);
      await sleep(random.next() * 40);
    };
  },
  async goOn(context, history) {
    const tested = new Cache(context.redis, { namespace: context.namespace });
    const random = { next: () => 0, below: () => 0, pick: <T>([one]: readonly T[]) => one as T };
    const healthy = { ...random, chance: () => false };
    // What was stored for long must still be there, whatever happened since.
    const keys = new Set((history as readonly CacheEntry[]).map(({ key }) => key));
    const askAll = async (key: string) => {
      for (const operation of ['get', 'set', 'get', 'delete', 'get', 'load'] as const) {
        await operate(context, tested, key, operation, healthy);
      }
    };
    await inBatches(keys, askAll);
  },
  check: (history, circumstances) => checkCache(history as readonly CacheEntry[], circumstances),
};
