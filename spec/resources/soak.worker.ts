import type { Redis } from 'ioredis';
import {
  Cache,
  createClient,
  DistributedLock,
  IdempotencyStore,
  ReadWriteLock,
  Semaphore,
} from '../../src/index.js';
import { commandsSent, type Footprint, footprintOf } from './footprint.js';

/** What the soak saw: of a process that is warm, and after many more commands. */
export interface SoakReport {
  readonly commands: number;
  readonly before: Footprint & { readonly keys: readonly string[] };
  readonly after: Footprint & { readonly keys: readonly string[] };
  /** Keys that stay for ever. */
  readonly lasting: readonly string[];
}

/** How many go on at once, and how many names they use. */
const CALLERS = 50;
const NAMES = 100;

const [url = '', commands = ''] = process.argv.slice(2);
const redis = (await createClient(url)) as Redis;
const store = new IdempotencyStore(redis);
const cache = new Cache(redis);
const { signal } = new AbortController();

/** Everything once, some of it by several callers: they wait for each other. */
async function useAll(i: number): Promise<void> {
  const name = `${i % NAMES}`;
  const ran = await Promise.all(
    ['a', 'b', 'c'].map(() => store.run(`run-${name}`, async () => i, { signal, waitSeconds: 60 })),
  );
  if (new Set(ran.map(({ value }) => value)).size > 1) throw new Error('several results');
  await store.run(`run-${name}`, async () => i);
  await store.delete(`run-${name}`);
  await store.run(`short-${i}`, async () => i, { ttlSeconds: 0.2 });
  const answer = await store.claim(`claim-${name}`);
  if (answer.status === 'claimed') {
    await answer.claim.step('step', async () => i);
    await answer.claim.abandon();
  }
  const lock = new DistributedLock(redis, name, { waitSeconds: 60 });
  await Promise.all([1, 2, 3].map(() => lock.run(async ({ signal: lost }) => lost, { signal })));
  const semaphore = new Semaphore(redis, name, { permits: 1, waitSeconds: 60 });
  await Promise.all([1, 2].map(() => semaphore.run(async () => i, { signal })));
  const prices = new ReadWriteLock(redis, name, { waitSeconds: 60 });
  await Promise.all([prices.runRead(async () => i), prices.runWrite(async () => i)]);
  await lock.acquire({ waitSeconds: 60, signal }).then((lease) => lease.release());
  const key = `value-${name}`;
  await Promise.all(
    [1, 2].map(() => cache.getOrSet(key, async () => i, { ttlSeconds: 60, staleSeconds: 60 })),
  );
  await cache.set(key, i, { ttlSeconds: 60 });
  await cache.get(key);
  await cache.delete(key);
}

async function use(count: number): Promise<number> {
  const before = await commandsSent(redis);
  let next = 0;
  let sent = 0;
  const caller = async () => {
    while (sent < count) {
      next += 1;
      await useAll(next);
      if (next % CALLERS === 0) sent = (await commandsSent(redis)) - before;
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, caller));
  return (await commandsSent(redis)) - before;
}

/** What lasts no longer than the longest short TTL is not counted. */
async function longKeys(): Promise<string[]> {
  const keys = (await redis.keys('*')).filter((key) => !key.includes('{short-'));
  return keys.sort();
}

// Twice: code that is compiled later would count as a leak.
await use(Number(commands) / 10);
const before = { ...(await footprintOf(redis, signal)), keys: await longKeys() };
const used = await use(Number(commands));
const after = { ...(await footprintOf(redis, signal)), keys: await longKeys() };
const lasting: string[] = [];
for (const key of await redis.keys('*')) if ((await redis.pttl(key)) === -1) lasting.push(key);
process.send?.({ commands: used, before, after, lasting } satisfies SoakReport);

// Leaves while somebody holds, loads and waits for everything: it should end by itself all the same.
const held = new DistributedLock(redis, 'held', { waitSeconds: Number.POSITIVE_INFINITY });
const pool = new Semaphore(redis, 'held', { permits: 1, waitSeconds: Number.POSITIVE_INFINITY });
await Promise.all([held.acquire(), pool.acquire(), store.claim('held')]);
const never = () => new Promise<never>(() => {});
void cache.getOrSet('held', never, { ttlSeconds: 60 });
const waiting = [1, 2, 3].flatMap(() => [
  held.acquire(),
  pool.acquire(),
  store.run('held', never, { waitSeconds: Number.POSITIVE_INFINITY }),
]);
const outcomes = Promise.allSettled(waiting);
await store.get('held');
await redis.quit();
process.send?.((await outcomes).map((each) => each.status === 'rejected' && each.reason.code));
process.disconnect();
