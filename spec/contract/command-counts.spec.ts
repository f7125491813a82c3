import { readFile } from 'node:fs/promises';
import { expect } from 'chai';
import type { Redis } from 'ioredis';
import { Cache, createClient, DistributedLock, IdempotencyStore } from '../../src/index.js';
import { IdempotencyBehavior, LockBehavior } from '../../src/mediator/index.js';
import { type FaultProxy, startFaultProxy } from '../../src/testing/index.js';
import { type Application, defineCommand, startApplication } from '../mediator/application.js';
import { countWrites } from '../support/counted-writes.js';
import { onRealRedis } from '../support/engines.js';
import { eventually } from '../support/eventually.js';

/** What one thing costs. */
interface Cost {
  readonly commands: number;
  readonly roundTrips: number;
}

/** The table of docs/performance.md. */
async function promisedCosts(): Promise<Map<string, Cost>> {
  const page = await readFile(new URL('../../docs/performance.md', import.meta.url), 'utf8');
  const rows = page.matchAll(/^\| (.+?) \| (\d+) \| (\d+) \|$/gm);
  return new Map(
    [...rows].map(([, what = '', commands, roundTrips]) => [
      what,
      { commands: Number(commands), roundTrips: Number(roundTrips) },
    ]),
  );
}

onRealRedis('What is asked of Redis', (engine) => {
  let promised: Map<string, Cost>;
  let proxy: FaultProxy;
  let redis: Redis;
  let writes: () => number;

  before(async () => {
    promised = await promisedCosts();
  });
  beforeEach(async () => {
    proxy = await startFaultProxy({ target: engine.url() });
    redis = (await createClient({ url: proxy.url, namespace: engine.namespace() })) as Redis;
    writes = countWrites(redis);
  });
  afterEach(async () => {
    await redis.quit();
    await proxy.close();
  });
  after('every row of the table was measured', () => {
    expect([...promised.keys()]).to.deep.equal([]);
  });

  /** Does it once, so that scripts are known, and then measures. */
  async function costs(what: string, action: (time: number) => Promise<unknown>): Promise<void> {
    await action(1);
    const before = { commands: proxy.counts.commands, roundTrips: writes() };
    await action(2);
    expect(
      {
        commands: proxy.counts.commands - before.commands,
        roundTrips: writes() - before.roundTrips,
      },
      what,
    ).to.deep.equal(promised.get(what));
    promised.delete(what);
  }

  it('by an idempotency store', async () => {
    const store = new IdempotencyStore(redis);
    await costs('a first run: claim, complete', (i) => store.run(`key-${i}`, async () => i));
    await costs('a replay', () => store.run('key-1', async () => 0));
    const remembering = new IdempotencyStore(redis, { replayCache: { maxEntries: 10 } });
    await remembering.run('key-3', async () => 3);
    await eventually(async () => {
      const before = proxy.counts.commands;
      await remembering.get('key-3');
      return proxy.counts.commands === before;
    });
    await costs('a replay that `replayCache` remembers', () =>
      remembering.run('key-3', async () => 0),
    );
  });

  it('by a lock', async () => {
    const lock = new DistributedLock(redis, 'a');
    await costs('a lock that is free: acquire, release', async () =>
      (await lock.acquire()).release(),
    );
    // The pushes arrive on another connection; SUBSCRIBE was sent there the first time.
    await costs('a turn on a lock that others want: ask, confirm, release', async () => {
      const other = new DistributedLock(await engine.connect(), 'a');
      const held = await other.acquire();
      const waiting = lock.acquire();
      await eventually(async () => (await other.inspect()).waiters === 1);
      await held.release();
      await (await waiting).release();
    });
  });

  it('by a cache', async () => {
    const cache = new Cache(redis);
    await cache.getOrSet('a', async () => 1, { ttlSeconds: 60 });
    const row = 'a cache: get, set, or a hit of getOrSet';
    const cost = promised.get(row);
    for (const action of [
      () => cache.get('a'),
      () => cache.set('a', 1),
      () => cache.getOrSet('a', () => expect.fail('loaded'), { ttlSeconds: 60 }),
    ]) {
      if (cost) promised.set(row, cost);
      await costs(row, action);
    }
  });

  describe('by a mediator', () => {
    class Between {
      handle(_request: unknown, next: () => Promise<unknown>): Promise<unknown> {
        return next();
      }
    }
    type Fields = { idempotencyKey: string; lockKey: string };
    const Pay = defineCommand<Fields, number>('Pay', async () => 1);
    const Ask = defineCommand<object, number>('Ask', async () => 2);
    const pay = ({ mediator }: Application, key: number) =>
      mediator.send(new Pay({ idempotencyKey: `${key}`, lockKey: 'account' }));

    it('with the lock right after the claim', async () => {
      const application = await startApplication(engine, { redis });
      await costs('an idempotent command under a lock', (i) => pay(application, i));
      await costs('its replay', () => pay(application, 1));
      await costs('a request that did not opt in', () => application.mediator.send(new Ask({})));
    });

    it('with another behavior in between', async () => {
      const behaviors = [IdempotencyBehavior, Between, LockBehavior];
      const application = await startApplication(engine, { redis, behaviors });
      const row = 'the same on a cluster, or where a behavior stands between the two';
      await costs(row, (i) => pay(application, i));
    });
  });
});
