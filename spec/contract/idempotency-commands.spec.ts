import { expect } from 'chai';
import { Redis } from 'ioredis';
import { createClient, IdempotencyStore } from '../../src/index.js';
import { type FaultProxy, startFaultProxy } from '../../src/testing/index.js';
import { openRun } from '../support/claims.js';
import { onRealRedis } from '../support/engines.js';
import { eventually } from '../support/eventually.js';
import { recordKey } from '../support/raw-record.js';

onRealRedis('commands to Redis', (engine) => {
  let proxy: FaultProxy;
  let redis: Awaited<ReturnType<typeof createClient>>;
  let owners: IdempotencyStore;
  let store: IdempotencyStore;
  const never = async () => expect.fail('ran');

  /** `store` is on a connection of its own, whose commands are counted; `owners` is on another. */
  beforeEach(async () => {
    proxy = await startFaultProxy({ target: engine.url() });
    redis = await createClient({ url: proxy.url, namespace: engine.namespace() });
    store = new IdempotencyStore(redis);
    owners = new IdempotencyStore(await engine.connect());
  });
  afterEach(async () => {
    await redis.quit();
    await proxy.close();
  });

  const commandsOf = async (action: () => Promise<unknown>) => {
    const before = proxy.counts.commands;
    await action();
    return proxy.counts.commands - before;
  };
  const listeners = async (key: string) => {
    const admin = (await engine.connect()) as Redis;
    const [, count] = await admin.pubsub('NUMSUB', `${recordKey(engine, key)}:changed`);
    return Number(count);
  };

  it('a replay costs exactly one', async () => {
    await store.run('key', async () => 1);
    expect(await commandsOf(() => store.run('key', never))).to.equal(1);
    expect(await commandsOf(() => store.claim('key'))).to.equal(1);
  });

  it('a first run costs two, a refusal one, a get one', async () => {
    await store.run('warm-up', async () => 1, { fingerprint: 1 });
    await store.get('warm-up');
    expect(await commandsOf(() => store.run('key', async () => 1, { fingerprint: 1 }))).to.equal(2);
    const refused = () => store.run('key', never, { fingerprint: 2 }).catch(() => {});
    expect(await commandsOf(refused)).to.equal(1);
    expect(await commandsOf(() => store.get('key'))).to.equal(1);
  });

  it('a hundred callers of one process share one wait: they send nothing while they wait', async () => {
    await store.run('warm-up', async () => 1);
    const run = openRun<string>(owners, 'key');
    await run.started;
    const waiting = Array.from({ length: 100 }, () => store.run('key', never));
    await eventually(async () => (await listeners('key')) === 1);
    // Each asked once, and the first look after the subscription is one for all.
    await eventually(() => proxy.counts.commands >= 102);
    const whileWaiting = await commandsOf(async () => {
      for (let i = 0; i < 20; i += 1) await owners.get('key');
      await new Promise((resolve) => setTimeout(resolve, 300));
    });
    expect(whileWaiting).to.be.at.most(1);
    const toEnd = await commandsOf(async () => {
      run.finish('result');
      const outcomes = await Promise.all(waiting);
      expect(new Set(outcomes.map(({ value }) => value))).to.deep.equal(new Set(['result']));
    });
    // One look for all of them, and the end of the subscription.
    expect(toEnd).to.be.at.most(2);
    expect(proxy.counts.connections).to.equal(2);
    await eventually(async () => (await listeners('key')) === 0);
  });

  it('all keys of one client are waited for on one connection', async () => {
    const runs = Array.from({ length: 20 }, (_, i) => openRun<number>(owners, `key-${i}`));
    await Promise.all(runs.map(({ started }) => started));
    const waiting = runs.map((_, i) => store.run(`key-${i}`, never as () => Promise<never>));
    await eventually(async () => (await listeners('key-19')) === 1);
    runs.forEach(({ finish }, i) => {
      finish(i);
    });
    await Promise.all(waiting);
    expect(proxy.counts.connections).to.equal(2);
  });

  it('are pushed on, not polled: the result comes long before the next look is due', async () => {
    const run = openRun<string>(owners, 'key');
    await run.started;
    const waiting = store.run('key', never);
    await eventually(async () => (await listeners('key')) === 1);
    const startedAt = performance.now();
    run.finish('result');
    await waiting;
    // The slow poll that backs a push up is due after 5 s.
    expect(performance.now() - startedAt).to.be.below(2500);
  });

  it('come without the push when it gets lost', async () => {
    const run = openRun<string>(owners, 'key', { leaseSeconds: 1 });
    await run.started;
    const waiting = store.run('key', never);
    await eventually(async () => (await listeners('key')) === 1);
    await eventually(() => proxy.counts.commands > 3);
    proxy.dropPushes();
    run.finish('result');
    expect((await waiting).value).to.equal('result');
    expect(proxy.counts.droppedPushes).to.equal(1);
  });

  it('come once after a reconnect of the subscription, which may have missed the push', async () => {
    const run = openRun<string>(owners, 'key');
    await run.started;
    const waiting = store.run('key', never);
    await eventually(async () => (await listeners('key')) === 1);
    const startedAt = performance.now();
    proxy.cut();
    run.finish('result');
    expect((await waiting).value).to.equal('result');
    expect(performance.now() - startedAt).to.be.below(2500);
  });

  it('are pushed to a stock client without an offline queue, too', async () => {
    const stock = new Redis(proxy.url, { enableOfflineQueue: false, lazyConnect: true });
    await stock.connect();
    const stocked = new IdempotencyStore(stock, { namespace: engine.namespace() });
    const run = openRun<string>(owners, 'key');
    await run.started;
    const waiting = stocked.run('key', never);
    await eventually(async () => (await listeners('key')) === 1);
    run.finish('result');
    expect((await waiting).value).to.equal('result');
    await stock.quit();
  });
});
