import { expect } from 'chai';
import type { Cluster, Redis } from 'ioredis';
import {
  createClient,
  type IdempotencyEvent,
  IdempotencyStore,
  isQxCacheSettingsError,
  type ReplayCacheOptions,
  Result,
} from '../../src/index.js';
import { type FaultProxy, startFaultProxy } from '../../src/testing/index.js';
import { claimOf, endLease, openRun } from '../support/claims.js';
import { type Engine, onEachRedis, onRealRedis } from '../support/engines.js';
import { eventually } from '../support/eventually.js';
import { rawRecord, recordKey } from '../support/raw-record.js';
import { recordEvents } from '../support/recorded-events.js';
import { rejectionOf, thrownBy } from '../support/rejection.js';
import { startWorker, type Worker } from '../support/worker.js';

const never = async () => expect.fail('ran');
const reused = { code: 'QX_IDEMPOTENCY_KEY_REUSED', key: 'key' };

/** A store that remembers, from the moment on at which it hears of removals. */
async function remembering(
  engine: Engine,
  redis: Redis | Cluster,
  replayCache: ReplayCacheOptions = { maxEntries: 10, maxAgeSeconds: 60 },
): Promise<IdempotencyStore> {
  const store = new IdempotencyStore(redis, {
    namespace: engine.namespace(),
    replayCache,
  });
  const admin = await engine.connect();
  await eventually(async () => {
    await store.set('warm-up', 1);
    await store.get('warm-up');
    await admin.del(recordKey(engine, 'warm-up'));
    return (await store.get('warm-up')) === 1;
  });
  await store.delete('warm-up');
  return store;
}

onEachRedis('a store with a replayCache', (engine) => {
  const events = recordEvents<IdempotencyEvent>('qx-cache:idempotency');
  let redis: Redis | Cluster;
  let store: IdempotencyStore;
  /** Behind the back of everybody: what is replayed afterwards comes from memory. */
  const loseRecord = (key = 'key') => redis.del(recordKey(engine, key));

  beforeEach(async () => {
    redis = await engine.connect();
    store = await remembering(engine, redis);
  });

  it('replays what it has seen, by run, claim and get', async () => {
    await store.run('key', async () => 'first');
    await loseRecord();
    events.length = 0;
    expect(await store.run('key', never)).to.deep.equal({ value: 'first', replayed: true });
    expect(await store.claim('key')).to.deep.equal({ status: 'completed', value: 'first' });
    expect(await store.get('key')).to.equal('first');
    expect(events.map(({ event }) => event)).to.deep.equal(['replayed', 'replayed']);
  });

  it('replays what another store executed, once it has read it', async () => {
    const other = new IdempotencyStore(await engine.connect());
    const readers: [string, () => Promise<unknown>][] = [
      ['by-run', async () => (await store.run('by-run', never)).value],
      ['by-get', () => store.get('by-get')],
      ['by-claim', async () => (await store.claim('by-claim')).status === 'completed' && 'x'],
    ];
    for (const [key, read] of readers) {
      await other.run(key, async () => 'x');
      expect(await read()).to.equal('x');
      await loseRecord(key);
      expect((await store.run(key, never)).value).to.equal('x');
      expect(await store.get(key)).to.equal('x');
    }
  });

  it('replays what it has waited for', async () => {
    const other = new IdempotencyStore(await engine.connect());
    const run = openRun<string>(other, 'key');
    await run.started;
    const waiting = store.run('key', never);
    run.finish('x');
    expect((await waiting).value).to.equal('x');
    await loseRecord();
    expect((await store.run('key', never)).value).to.equal('x');
  });

  it('gives each caller a value of its own, in the kind in which it was returned', async () => {
    await store.run('key', async () => Result.success({ lines: [new Date(5)] }));
    await loseRecord();
    const first = (await store.run<Result<{ lines: unknown[] }>>('key', never)).value;
    expect(first.isSuccess).to.equal(true);
    if (first.isSuccess) first.value.lines.push('changed by a caller');
    const again = await store.run('key', never);
    expect(again.value).to.deep.equal(Result.success({ lines: [new Date(5)] }));
    expect(await store.get('key')).to.deep.equal({ lines: [new Date(5)] });
  });

  it('refuses another payload as Redis does', async () => {
    await store.run('key', async () => 1, { fingerprint: { amount: 1 } });
    await loseRecord();
    const other = { fingerprint: { amount: 2 } };
    expect(await rejectionOf(store.run('key', never, other))).to.include(reused);
    expect(await rejectionOf(store.claim('key', other))).to.include(reused);
    const same = { fingerprint: { amount: 1 } };
    expect((await store.run('key', never, same)).value).to.equal(1);
    expect((await store.run('key', never)).value).to.equal(1);
    await store.run('without', async () => 2);
    await store.get('without');
    expect((await store.run('without', never, same)).value).to.equal(2);
  });

  it('refuses another payload also when it was the owner before who gave one', async () => {
    await claimOf(store, 'key', { fingerprint: 'a' });
    await endLease(redis, engine, 'key');
    await store.run('key', async () => 1);
    expect(await rejectionOf(store.run('key', never, { fingerprint: 'b' }))).to.include(reused);
    expect((await store.run('key', never, { fingerprint: 'a' })).value).to.equal(1);
  });

  it('remembers what was stored, not what a second complete would have stored', async () => {
    const claim = await claimOf(store, 'key');
    await claim.complete('first');
    await claim.complete('second');
    expect(await store.get('key')).to.equal('first');
    await loseRecord();
    expect(await store.get('key')).to.equal('first');
  });

  it('remembers no failure, nothing that can not be stored, and nothing in progress', async () => {
    await rejectionOf(store.run('thrown', () => Promise.reject(new Error('declined'))));
    expect((await store.run('thrown', async () => 2)).replayed).to.equal(false);
    await store.run('failed', async () => Result.failure(new Error('declined')));
    expect((await store.run('failed', async () => 2)).replayed).to.equal(false);
    const claim = await claimOf(store, 'claimed');
    expect(await store.claim('claimed')).to.include({ status: 'in-progress' });
    await claim.abandon();
    expect((await store.run('claimed', async () => 2)).replayed).to.equal(false);
    await store.run('function', async () => never);
    expect(await rejectionOf(store.run('function', never))).to.include({
      code: 'QX_IDEMPOTENCY_RESULT_UNAVAILABLE',
    });
  });

  it('replays what it set itself, also after Redis had lost what was set before', async () => {
    await store.set('key', 'first');
    await loseRecord();
    expect(await store.set('key', 'second')).to.equal(true);
    await loseRecord();
    expect((await store.run('key', never)).value).to.deep.equal(Result.success('second'));
    expect(await store.get('key')).to.equal('second');
  });

  it('forgets at once what it deletes itself', async () => {
    await store.run('key', async () => 'first');
    await store.run('other', async () => 'kept');
    expect(await store.delete('key')).to.equal(true);
    expect(await store.get('key')).to.equal(undefined);
    expect(await store.run('key', async () => 'second')).to.deep.equal({
      value: 'second',
      replayed: false,
    });
    expect(await store.get('key')).to.equal('second');
    await loseRecord('other');
    expect(await store.get('other')).to.equal('kept');
  });

  it('forgets what another store deletes, also what Redis had lost already', async () => {
    const other = new IdempotencyStore(await engine.connect());
    await store.run('key', async () => 'first');
    await other.delete('key');
    await eventually(async () => (await store.get('key')) === undefined);
    await store.run('key', async () => 'second');
    await loseRecord();
    expect(await store.get('key')).to.equal('second');
    expect(await other.delete('key')).to.equal(false);
    await eventually(async () => (await store.get('key')) === undefined);
  });

  it('changes nothing in a record by what it answers from memory', async () => {
    await store.run('key', async () => 1, { fingerprint: 1 });
    await store.get('key');
    const before = await rawRecord(redis, engine, 'key');
    await store.run('key', never, { fingerprint: 1 });
    await rejectionOf(store.run('key', never, { fingerprint: 2 }));
    expect(await rawRecord(redis, engine, 'key')).to.deep.equal(before);
  });

  it('refuses wrong options', () => {
    const wrong = [
      {},
      { maxEntries: 0 },
      { maxEntries: 1.5 },
      { maxEntries: Number.POSITIVE_INFINITY },
      { maxEntries: 10, maxAgeSeconds: 0 },
      { maxEntries: 10, ttl: 5 },
      true,
    ];
    for (const replayCache of wrong) {
      const options = { replayCache: replayCache as ReplayCacheOptions };
      const error = thrownBy(() => new IdempotencyStore(redis, options));
      expect(isQxCacheSettingsError(error)).to.equal(true);
      expect(error.message).to.match(/replayCache|"ttl"/);
    }
  });
});

onRealRedis('the memory of a store with a replayCache', (engine) => {
  let proxy: FaultProxy;
  let redis: Redis | Cluster;
  let other: IdempotencyStore;
  const workers: Worker<string, unknown>[] = [];

  /** Stores on `redis` speak through the proxy, which counts; `other` is a connection of its own. */
  beforeEach(async () => {
    proxy = await startFaultProxy({ target: engine.url() });
    redis = await createClient({ url: proxy.url, namespace: engine.namespace() });
    other = new IdempotencyStore(await engine.connect());
  });
  afterEach(async () => {
    for (const worker of workers) worker.kill();
    await Promise.all(workers.splice(0).map(({ exited }) => exited));
    redis.disconnect();
    await proxy.close();
  });

  const commandsOf = async (action: () => Promise<unknown>) => {
    const before = proxy.counts.commands;
    await action();
    return proxy.counts.commands - before;
  };
  async function startRemover(): Promise<Worker<string, unknown>> {
    const file = new URL('../idempotency/remover.worker.ts', import.meta.url);
    const worker = startWorker<string, unknown>(file, [engine.url(), engine.namespace()]);
    workers.push(worker);
    expect(await worker.next()).to.equal('first');
    return worker;
  }

  it('costs no command on a hit, of any kind, after one for the first look', async () => {
    const store = await remembering(engine, redis);
    await other.run('key', async () => 1, { fingerprint: 1 });
    const options = { fingerprint: 1 };
    expect(await commandsOf(() => store.run('key', never, options))).to.equal(1);
    const hits = async () => {
      for (let i = 0; i < 100; i += 1) {
        await store.run('key', never, options);
        await store.claim('key', options);
        await store.get('key');
        await rejectionOf(store.run('key', never, { fingerprint: 2 }));
      }
    };
    expect(await commandsOf(hits)).to.equal(0);
  });

  it('has what it executed itself from the start: two commands, and none for replays', async () => {
    const store = await remembering(engine, redis);
    await store.run('warm', async () => 1);
    expect(await commandsOf(() => store.run('key', async () => 1))).to.equal(2);
    expect(await commandsOf(() => store.run('key', never))).to.equal(0);
  });

  it('is off without the option: each replay costs one command', async () => {
    const store = new IdempotencyStore(redis);
    await store.run('key', async () => 1);
    const replays = async () => {
      for (let i = 0; i < 5; i += 1) await store.run('key', never);
    };
    expect(await commandsOf(replays)).to.equal(5);
    expect(proxy.counts.connections).to.equal(1);
  });

  it('holds maxEntries results, and lets go of the least recently used', async () => {
    const store = await remembering(engine, redis, { maxEntries: 3, maxAgeSeconds: 60 });
    const keys = Array.from({ length: 10 }, (_, i) => `key-${i}`);
    for (const key of keys) await store.run(key, async () => key);
    const look = (some: string[]) => async () => {
      for (const key of some) expect(await store.get(key)).to.equal(key);
    };
    expect(await commandsOf(look(keys.slice(7)))).to.equal(0);
    expect(await commandsOf(look(keys.slice(0, 7)))).to.equal(7);
    expect(await commandsOf(look(keys.slice(4, 7)))).to.equal(0);
  });

  it('ends with the TTL of the record, not with the time since it was read', async () => {
    const store = await remembering(engine, redis);
    const [early, late] = ['early', 'late'];
    await store.run(early, async () => 1, { ttlSeconds: 0.6 });
    await other.run(late, async () => 1, { ttlSeconds: 0.6 });
    const admin = await engine.connect();
    await eventually(async () => (await admin.pttl(recordKey(engine, late))) < 300);
    // Asked first: its TTL may be over on a slow machine.
    await store.get(late);
    for (const key of [early, late]) {
      await eventually(async () => (await admin.exists(recordKey(engine, key))) === 0);
      expect(await store.get(key), key).to.equal(undefined);
    }
  });

  it('is asked anew after maxAgeSeconds', async () => {
    const store = await remembering(engine, redis, { maxEntries: 10, maxAgeSeconds: 0.3 });
    await store.run('key', async () => 1);
    await eventually(async () => (await commandsOf(() => store.get('key'))) === 1);
    expect(await store.get('key')).to.equal(1);
  });

  it('is told by push when another process deletes', async () => {
    const store = await remembering(engine, redis);
    await store.run('key', async () => 'first');
    const remover = await startRemover();
    expect(await store.get('key')).to.equal('first');
    remover.send('delete');
    expect(await remover.next()).to.equal(true);
    await eventually(async () => (await store.get('key')) === undefined);
    expect((await store.run('key', async () => 'second')).replayed).to.equal(false);
    remover.send('quit');
    expect(await remover.exited).to.equal(0);
  });

  it('is over within maxAgeSeconds when the push gets lost', async () => {
    const store = await remembering(engine, redis, { maxEntries: 10, maxAgeSeconds: 1 });
    await store.run('key', async () => 'first');
    const remover = await startRemover();
    const dropped = proxy.counts.droppedPushes;
    proxy.dropPushes();
    remover.send('delete');
    expect(await remover.next()).to.equal(true);
    await eventually(async () => (await store.get('key')) === undefined);
    expect(proxy.counts.droppedPushes).to.be.above(dropped);
  });

  it('is empty once the connection of the pushes broke', async () => {
    const store = await remembering(engine, redis);
    await store.run('key', async () => 'first');
    const admin = (await engine.connect()) as Redis;
    await admin.del(recordKey(engine, 'key'));
    expect(await store.get('key')).to.equal('first');
    await admin.client('KILL', 'TYPE', 'pubsub');
    await eventually(async () => (await store.get('key')) === undefined);
  });

  it('is used again after a reconnect', async () => {
    const store = await remembering(engine, redis);
    const admin = (await engine.connect()) as Redis;
    await store.run('key', async () => 'first');
    proxy.cut();
    await other.delete('key');
    await eventually(async () => (await store.get('key')) === undefined);
    await store.run('key', async () => 'second');
    await eventually(async () => (await commandsOf(() => store.get('key'))) === 0);
    await admin.del(recordKey(engine, 'key'));
    expect(await store.get('key')).to.equal('second');
  });

  it('does not outlive the client: once that is closed, Redis is away', async () => {
    const store = await remembering(engine, redis);
    await store.run('key', async () => 'first');
    await redis.quit();
    const error = await eventually(() => rejectionOf(store.get('key')));
    expect(error).to.include({ code: 'QX_UNAVAILABLE' });
  });
});
