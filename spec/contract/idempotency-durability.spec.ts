import { expect } from 'chai';
import { Cluster, Redis } from 'ioredis';
import type { IdempotencyEvent } from '../../src/diagnostics/index.js';
import { createClient, IdempotencyStore } from '../../src/index.js';
import { type FaultProxy, startFaultProxy } from '../../src/testing/index.js';
import { claimOf } from '../support/claims.js';
import { eventually } from '../support/eventually.js';
import { recordEvents } from '../support/recorded-events.js';
import { type RedisServer, startRedisServer } from '../support/redis-server.js';
import { rejectionOf, thrownBy } from '../support/rejection.js';

const durability = { replicas: 1, timeoutSeconds: 0.1 };
const never = async () => expect.fail('ran');

describe('A store with durability', function () {
  this.timeout('60s');
  const events = recordEvents<IdempotencyEvent>('qx-cache:idempotency');
  let primary: RedisServer;
  let replica: RedisServer;
  let admin: Redis;
  let proxy: FaultProxy;
  let redis: Awaited<ReturnType<typeof createClient>>;
  let store: IdempotencyStore;

  const startReplica = () =>
    startRedisServer({ config: { replicaof: `127.0.0.1 ${primary.port}` } });
  const untilInSync = () => eventually(async () => (await admin.wait(1, 100)) === 1);

  beforeEach(async () => {
    primary = await startRedisServer({ config: { 'repl-diskless-sync-delay': 0 } });
    replica = await startReplica();
    admin = new Redis(primary.port);
    // A write, as WAIT is content at once with a connection that wrote nothing.
    await admin.set('probe', '1');
    await untilInSync();
    proxy = await startFaultProxy({ target: primary.url });
    redis = await createClient(proxy.url);
    store = new IdempotencyStore(redis, { durability, leaseSeconds: 600 });
  });

  afterEach(async () => {
    redis.disconnect();
    admin.disconnect();
    await Promise.all([proxy.close(), replica.stop(), primary.stop()]);
  });

  it('has its results on a replica when run returns', async () => {
    expect(await store.run('key', async () => 'done')).to.include({ value: 'done' });
    const reader = new Redis(replica.port);
    expect(await reader.hget('qx:idempotency:{key}', 'state')).to.equal('completed');
    expect((await store.run('key', never)).replayed).to.equal(true);
    reader.disconnect();
  });

  it('has its claims on a replica that takes the place of a primary that died', async () => {
    await claimOf(store, 'key');
    await primary.kill();
    const node = new Redis(replica.port);
    await node.call('REPLICAOF', 'NO', 'ONE');
    node.disconnect();
    const promoted = await createClient(replica.url);
    expect((await new IdempotencyStore(promoted).claim('key')).status).to.equal('in-progress');
    await promoted.quit();
  });

  it('runs no work when too few replicas have the claim, and gives the key back', async () => {
    replica.pause();
    const error = await rejectionOf(store.run('key', never));
    expect(error).to.include({ code: 'QX_UNAVAILABLE' });
    expect(error.message).to.match(/0 of 1 replicas have the claim of idempotency key "key"/);
    expect(await rejectionOf(store.claim('key'))).to.include({ code: 'QX_UNAVAILABLE' });
    await eventually(async () => (await store.inspect('key')) === undefined);
    replica.resume();
    await untilInSync();
    expect((await store.run('key', async () => 1)).replayed).to.equal(false);
  });

  it('says how many have it, and of how many', async () => {
    const two = { durability: { replicas: 2, timeoutSeconds: 0.1 } };
    const error = await rejectionOf(new IdempotencyStore(redis, two).run('key', never));
    expect(error.message).to.include('Only 1 of 2 replicas');
  });

  it('loses no finished steps when it gives a taken-over claim back', async () => {
    const first = await claimOf(store, 'key');
    await first.step('charge', async () => 'paid');
    await admin.hset('qx:idempotency:{key}', 'until', '1');
    replica.pause();
    await rejectionOf(store.claim('key'));
    replica.resume();
    await untilInSync();
    const next = await claimOf(store, 'key');
    expect(await next.step('charge', never)).to.equal('paid');
  });

  it('completes, and says so, when too few replicas have the result', async () => {
    const claim = await claimOf(store, 'key');
    replica.pause();
    const error = await rejectionOf(claim.complete('done'));
    expect(error).to.include({ code: 'QX_UNAVAILABLE' });
    expect(error.message).to.match(/0 of 1 replicas have the result of idempotency key "key"/);
    expect(await store.get('key')).to.equal('done');
    replica.resume();
    await untilInSync();
    await claim.complete('done');
  });

  it('lets run return the value then, and reports what may get lost, once', async () => {
    const work = async () => {
      replica.pause();
      return 'done';
    };
    expect(await store.run('key', work)).to.deep.equal({ value: 'done', replayed: false });
    const told = events.filter(({ event }) => event === 'unrecorded' || event === 'completed');
    expect(told.map(({ event }) => event)).to.deep.equal(['completed', 'unrecorded']);
    expect(told[1]).to.have.property('reason').that.includes('0 of 1 replicas');
    expect((await store.run('key', never)).value).to.equal('done');
  });

  it('does not take the answer of another connection for its own', async () => {
    const patient = { durability: { replicas: 1, timeoutSeconds: 2 } };
    replica.pause();
    const refused = rejectionOf(new IdempotencyStore(redis, patient).run('key', never));
    await eventually(async () => /cmd=wait/.test(String(await admin.call('CLIENT', 'LIST'))));
    proxy.cut();
    // ioredis sends WAIT again, on a connection that wrote nothing.
    expect((await refused).message).to.include('connection broke');
    await eventually(async () => (await store.inspect('key')) === undefined);
  });

  it('waits once for all that was written in the meantime', async () => {
    const keys = Array.from({ length: 50 }, (_, i) => `key-${i}`);
    await Promise.all(keys.map((key) => store.run(key, async () => key)));
    const stats = await admin.info('commandstats');
    const waits = Number(/cmdstat_wait:calls=(\d+)/.exec(stats)?.[1]);
    expect(waits).to.be.within(2, 99);
    const reader = new Redis(replica.port);
    const states = keys.map((key) => reader.hget(`qx:idempotency:{${key}}`, 'state'));
    expect(new Set(await Promise.all(states))).to.deep.equal(new Set(['completed']));
    reader.disconnect();
  });
});

describe('The durability of a store', () => {
  const problemOf = (redis: Redis | Cluster, options: object) =>
    thrownBy(() => new IdempotencyStore(redis, { durability: options as typeof durability }));

  it('is refused where there are no replicas to wait for, or no way to', async () => {
    const memory = (await createClient('memory://durability')) as Redis;
    const cluster = new Cluster([{ host: '127.0.0.1', port: 1 }], { lazyConnect: true });
    for (const [redis, reason] of [
      [memory, 'no replicas'],
      [cluster, 'cluster'],
    ] as const) {
      const error = problemOf(redis, durability);
      expect(error).to.include({ code: 'QX_SETTINGS' });
      expect(error.message).to.include(reason);
    }
    await memory.quit();
  });

  it('names what is wrong with it', () => {
    const redis = new Redis({ lazyConnect: true });
    const expected: readonly [object, RegExp][] = [
      [{ replicas: 0, timeoutSeconds: 1 }, /durability\.replicas must be at least 1/],
      [{ replicas: 1.5, timeoutSeconds: 1 }, /durability\.replicas must be a whole number/],
      [{ replicas: 1 }, /durability\.timeoutSeconds must be a number of seconds/],
      [{ replicas: 1, timeoutSeconds: 5 }, /less than the client's commandTimeoutSeconds, 5/],
    ];
    for (const [options, message] of expected) {
      const error = problemOf(redis, options);
      expect(error).to.include({ code: 'QX_SETTINGS' });
      expect(error.message).to.match(message);
    }
    redis.disconnect();
  });
});
