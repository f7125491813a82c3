import type { Redis } from 'ioredis';
import { Cache, createClient, DistributedLock, IdempotencyStore } from '../../src/index.js';
import { eventually } from '../support/eventually.js';
import { commandsSent, heapAtRest } from './footprint.js';

/** What one process saw of its many callers. */
export interface CrowdReport {
  readonly lock: {
    readonly bytesPerWaiter: number;
    /** Scripts sent between two signs of life. */
    readonly heartbeats: number;
    /** The waiters by their number, as they were served. */
    readonly served: readonly number[];
  };
  readonly key: OneForAll;
  readonly cached: OneForAll;
}

interface OneForAll {
  readonly bytesPerWaiter: number;
  readonly runs: number;
  /** How often each value was given. */
  readonly values: ReadonlyMap<unknown, number>;
  /** Beside the one that each caller sent at first. */
  readonly furtherCommands: number;
}

const [url = '', count = ''] = process.argv.slice(2);
const callers = Array.from({ length: Number(count) }, (_, number) => number);
const redis = (await createClient(url)) as Redis;
const admin = (await createClient({ url, namespace: 'admin' })) as Redis;
// A signal that all of them have, as a server that can be stopped would give it.
const { signal } = new AbortController();
const within = { withinSeconds: 60 };

/** How much each of them holds while all wait. */
async function measured(begin: () => Promise<unknown>): Promise<number> {
  const before = await heapAtRest();
  await begin();
  return Math.round(((await heapAtRest()) - before) / callers.length);
}

async function crowdAtLock(): Promise<CrowdReport['lock']> {
  const lock = new DistributedLock(redis, 'a', { waitSeconds: 300 });
  const served: number[] = [];
  let last = await lock.acquire();
  let waiting: Promise<void>[] = [];
  const serve = async (number: number) => {
    const lease = await lock.acquire({ signal });
    served.push(number);
    last = lease;
    await lease.release();
  };
  const bytesPerWaiter = await measured(async () => {
    waiting = callers.map(serve);
    await eventually(
      async () => (await admin.zcard('qx:lock:{a}:queue')) === callers.length,
      within,
    );
  });
  const sign = async () => (await admin.zrange('qx:lock:{a}:alive', 0, -1, 'WITHSCORES')).join();
  const next = async (known: string) => {
    await eventually(async () => (await sign()) !== known);
    return sign();
  };
  const first = await next(await sign());
  const before = await commandsSent(admin);
  await next(first);
  const heartbeats = (await commandsSent(admin)) - before;
  await last.release();
  await Promise.all(waiting);
  return { bytesPerWaiter, heartbeats, served };
}

/** All ask for the same; the first one's work ends when all wait. */
async function crowdAt(ask: (work: () => Promise<number>) => Promise<unknown>): Promise<OneForAll> {
  let runs = 0;
  let finish = () => {};
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const work = async () => {
    runs += 1;
    await finished;
    return runs;
  };
  const before = await commandsSent(admin);
  let asked: Promise<unknown>[] = [];
  const bytesPerWaiter = await measured(async () => {
    asked = callers.map(() => ask(work));
    const sent = async () => (await commandsSent(admin)) - before;
    await eventually(async () => (await sent()) >= callers.length, within);
  });
  finish();
  const values = new Map<unknown, number>();
  for (const value of await Promise.all(asked)) values.set(value, (values.get(value) ?? 0) + 1);
  const furtherCommands = (await commandsSent(admin)) - before - callers.length;
  return { bytesPerWaiter, runs, values, furtherCommands };
}

const store = new IdempotencyStore(redis);
const cache = new Cache(redis);
const lock = await crowdAtLock();
const key = await crowdAt(async (work) => {
  return (await store.run('a', work, { signal, waitSeconds: 300 })).value;
});
const cached = await crowdAt((work) => cache.getOrSet('a', work, { ttlSeconds: 60 }));
process.send?.({ lock, key, cached } satisfies CrowdReport);
await Promise.all([redis.quit(), admin.quit()]);
process.disconnect();
