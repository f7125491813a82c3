import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { Redis } from 'ioredis';
import { Cache, createClient, DistributedLock, IdempotencyStore } from '../../src/index.js';
import { eventually } from '../support/eventually.js';
import { type RedisServer, startRedisServer } from '../support/redis-server.js';
import { readPage } from './snippets.js';

const COUNT = 5000;
const BATCH = 500;
const result = 'x'.repeat(98);

/** The bytes in the table of docs/operations.md, by what its rows are called. */
function documented(row: string): number {
  const cells = readPage('docs/operations.md')
    .split('\n')
    .filter((line) => line.startsWith(`| ${row} |`))
    .map((line) => Number(line.split('|')[2]?.replaceAll(',', '')));
  expect(cells, row).to.have.length(1);
  return cells[0] as number;
}

describe('The memory in docs/operations.md', () => {
  let server: RedisServer;
  let admin: Redis;
  let redis: Awaited<ReturnType<typeof createClient>>;

  beforeEach(async () => {
    server = await startRedisServer();
    admin = new Redis(server.port);
    redis = await createClient({ url: server.url, commandTimeoutSeconds: 30 });
  });
  afterEach(async () => {
    redis.disconnect();
    admin.disconnect();
    await server.stop();
  });

  async function usedMemory(): Promise<number> {
    return Number(/used_memory:(\d+)/.exec(await admin.info('memory'))?.[1]);
  }

  /** What one more of a kind costs a real server, on average. */
  async function bytesOf(make: (id: string) => Promise<unknown>, count = COUNT): Promise<number> {
    // Scripts and buffers are there before.
    await make('first');
    const before = await usedMemory();
    for (let made = 0; made < count; made += BATCH) {
      await Promise.all(Array.from({ length: BATCH }, () => make(randomUUID())));
    }
    return ((await usedMemory()) - before) / count;
  }

  async function expectDocumented(row: string, bytes: number): Promise<void> {
    console.log(`        ${Math.round(bytes)} bytes, documented as ${documented(row)}`);
    expect(bytes).to.be.closeTo(documented(row), documented(row) * 0.15);
  }

  const runs = (id: string) =>
    new IdempotencyStore(redis).run(`create-order:${id}`, async () => result);

  const kinds: Record<string, (id: string) => Promise<unknown>> = {
    'a completed record, with a result of 100 bytes': runs,
    'a claim in progress': (id) =>
      new IdempotencyStore(redis, { leaseSeconds: 600 }).claim(`create-order:${id}`),
    'a held lock': (id) =>
      new DistributedLock(redis, `order:${id}`, { ttlSeconds: 600, renew: false }).acquire(),
    'a lock in the first 2 minutes after its last use': (id) =>
      new DistributedLock(redis, `order:${id}`).run(async () => {}),
    'a cached value of 100 bytes': (id) =>
      new Cache(redis, { ttlSeconds: 600 }).set(`order:${id}`, result),
  };
  for (const [row, make] of Object.entries(kinds)) {
    it(`is what ${row} takes`, async () => expectDocumented(row, await bytesOf(make)));
  }

  it('is what a record takes with the setting that keeps it compact', async () => {
    await admin.config('SET', 'hash-max-listpack-value', '1024');
    await expectDocumented('the same with `hash-max-listpack-value 1024`', await bytesOf(runs));
  });

  it('is what a waiter takes', async () => {
    const count = 2000;
    const lock = new DistributedLock(redis, 'busy', { ttlSeconds: 600, waitSeconds: 600 });
    await lock.acquire();
    const before = await usedMemory();
    const waiting = Array.from({ length: count }, () => lock.acquire().catch(() => {}));
    await eventually(async () => (await admin.zcard('qx:lock:{busy}:queue')) === count);
    await expectDocumented('a waiter of a lock', ((await usedMemory()) - before) / count);
    await redis.quit();
    await Promise.all(waiting);
  });
});
