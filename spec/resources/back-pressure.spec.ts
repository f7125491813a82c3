import { expect } from 'chai';
import type { Redis } from 'ioredis';
import {
  Cache,
  createClient,
  DistributedLock,
  IdempotencyStore,
  isCacheUnavailableError,
  Semaphore,
} from '../../src/index.js';
import { startFaultProxy } from '../../src/testing/index.js';
import { claimOf } from '../support/claims.js';
import { eventually } from '../support/eventually.js';
import { type RedisServer, startRedisServer } from '../support/redis-server.js';
import { rejectionOf } from '../support/rejection.js';

describe('a client whose commands Redis does not answer', () => {
  const LIMIT = 100;
  const overloaded = { code: 'QX_UNAVAILABLE', reason: 'overloaded', retryable: true, status: 503 };
  const never = async () => expect.fail('ran');
  let server: RedisServer;
  let redis: Redis;
  let store: IdempotencyStore;
  let cache: Cache;
  let lock: DistributedLock;

  before(async () => {
    server = await startRedisServer();
  });
  after(() => server.stop());

  beforeEach(async () => {
    await open(server.url);
    await redis.flushall();
    // From now on scripts are sent as their hash, in one command.
    await cache.set('warm', 1);
  });
  afterEach(() => {
    server.resume();
    redis.disconnect();
  });

  async function open(url: string, commandTimeoutSeconds = 5) {
    redis?.disconnect();
    const settings = { url, commandTimeoutSeconds, maxCommandsInFlight: LIMIT };
    redis = (await createClient(settings)) as Redis;
    store = new IdempotencyStore(redis);
    cache = new Cache(redis);
    lock = new DistributedLock(redis, 'a');
  }

  /** What ioredis holds: sent and not answered, or waiting for a connection. */
  function held(client = redis): number {
    const queues = client as unknown as Record<'commandQueue' | 'offlineQueue', { length: number }>;
    return queues.commandQueue.length + queues.offlineQueue.length;
  }

  /** Sends as many commands as may be in flight, to a server that is frozen. */
  function fill(): Promise<unknown>[] {
    server.pause();
    const gets = Array.from({ length: LIMIT }, (_, i) => cache.get(`key-${i}`));
    for (const each of gets) each.catch(() => undefined);
    expect(held()).to.equal(LIMIT);
    return gets;
  }

  async function isInService(): Promise<void> {
    await eventually(async () => (await cache.get('warm')) === 1);
    expect((await store.run('fresh', async () => 1)).value).to.equal(1);
    await (await lock.acquire()).release();
    expect(held()).to.equal(0);
  }

  it('refuses at once whatever would begin something new, and sends nothing of it', async () => {
    const gets = fill();
    const calls: Record<string, () => Promise<unknown>> = {
      get: () => cache.get('a'),
      set: () => cache.set('a', 1),
      setMany: () => cache.setMany({ a: 1 }),
      getMany: () => cache.getMany(['a']),
      delete: () => cache.delete('a'),
      getOrSet: () => cache.getOrSet('a', never, { ttlSeconds: 60 }),
      claim: () => store.claim('a'),
      run: () => store.run('a', never),
      'set of a result': () => store.set('a', 1),
      acquire: () => lock.acquire(),
      tryAcquire: () => lock.tryAcquire(),
      'acquire of a permit': () => new Semaphore(redis, 'a', { permits: 2 }).acquire(),
    };
    for (const [name, call] of Object.entries(calls)) {
      const error = await rejectionOf(call());
      expect(error, name).to.include(overloaded).and.satisfy(isCacheUnavailableError);
      expect(error.message, name).to.match(
        /^100 commands of this client wait for Redis, and maxCommandsInFlight is 100: .+ was not sent/,
      );
      expect(held(), name).to.equal(LIMIT);
    }
    server.resume();
    await Promise.all(gets);
    expect(await redis.keys('*')).to.deep.equal(['qx:cache:{warm}']);
    await isInService();
  });

  it('still sends what ends something that was begun: nothing is lost by the bound', async () => {
    const lease = await lock.acquire();
    const claim = await claimOf(store, 'a');
    const gets = fill();
    const begun = [lease.release(), claim.complete('done'), claim.renew().catch(() => undefined)];
    expect(held()).to.equal(LIMIT + begun.length);
    server.resume();
    await Promise.all([...gets, ...begun]);
    expect(await store.get('a')).to.equal('done');
    expect((await lock.inspect()).held).to.equal(false);
    await isInService();
  });

  it('treats it as an outage: onUnavailable decides whether the work runs all the same', async () => {
    fill();
    const { value } = await store.run('a', async ({ token }) => token, {
      onUnavailable: 'execute',
    });
    expect(value).to.equal(0);
    expect(held()).to.equal(LIMIT);
  });

  it('counts what its time limit gave up for as long as ioredis has it', async () => {
    await open(server.url, 0.2);
    const errors = await Promise.all(fill().map(rejectionOf));
    for (const error of errors) expect(error).to.include({ reason: 'unavailable' });
    expect(await rejectionOf(cache.get('a'))).to.include(overloaded);
    expect(held()).to.equal(LIMIT);
    server.resume();
    await isInService();
  });

  it('holds no more while there is no connection, and serves again after it', async () => {
    const lease = await lock.acquire();
    await server.kill();
    await eventually(() => redis.status !== 'ready');
    const outcomes = await Promise.all(
      Array.from({ length: 3 * LIMIT }, (_, i) =>
        cache.set(`key-${i}`, i).catch((error: unknown) => {
          expect(held()).to.be.at.most(LIMIT);
          return error;
        }),
      ).slice(LIMIT),
    );
    for (const error of outcomes) expect(error).to.include(overloaded);
    await server.restart();
    await eventually(() => cache.set('warm', 1));
    await isInService();
    expect(lease.isHeld).to.equal(true);
  });

  it('bounds each client on its own, and all that uses one client together', async () => {
    const other = (await createClient(server.url)) as Redis;
    fill();
    const refused = new Cache(redis, { namespace: 'another' }).get('a');
    expect(await rejectionOf(refused)).to.include(overloaded);
    const reply = new Cache(other).get('warm');
    expect(held(other)).to.equal(1);
    server.resume();
    expect(await reply).to.equal(1);
    await other.quit();
  });

  it('lets one call handle more keys than may be in flight', async () => {
    const entries = Array.from({ length: 12 * LIMIT }, (_, i) => [`key-${i}`, i] as const);
    const keys = entries.map(([key]) => key);
    await cache.setMany(entries);
    expect([...(await cache.getMany(keys))]).to.deep.equal(entries);
    expect(await cache.delete(...keys)).to.equal(entries.length);
  });

  it('serves as many as it may when Redis is slow, and tells the others so at once', async () => {
    const proxy = await startFaultProxy({ target: server.url });
    try {
      await open(proxy.url);
      await cache.get('warm');
      proxy.delay(0.2);
      const attempts = Array.from({ length: 20 * LIMIT }, (_, i) => store.claim(`key-${i}`));
      const most = held();
      const outcomes = await Promise.allSettled(attempts);
      const refused = outcomes.filter(({ status }) => status === 'rejected');
      for (const each of refused as PromiseRejectedResult[])
        expect(each.reason).to.include(overloaded);
      expect(most).to.equal(LIMIT);
      expect(outcomes.length - refused.length).to.equal(LIMIT);
      proxy.heal();
      expect(await redis.keys('qx:idempotency:*')).to.have.length(LIMIT);
      await isInService();
    } finally {
      redis.disconnect();
      await proxy.close();
    }
  });

  it('lets those who wait go on: a refused look is made again', async () => {
    const holder = (await createClient(server.url)) as Redis;
    const claim = await claimOf(new IdempotencyStore(holder), 'a');
    const lease = await new DistributedLock(holder, 'a').acquire();
    const replay = store.run('a', never);
    const next = lock.acquire();
    const channels = ['qx:lock:wake:*', 'qx:idempotency:*'];
    for (const pattern of channels)
      await eventually(async () => (await holder.pubsub('CHANNELS', pattern)).length > 0);
    fill();
    server.resume();
    await Promise.all([claim.complete('done'), lease.release()]);
    expect(await replay).to.deep.equal({ value: 'done', replayed: true });
    await (await next).release();
    await holder.quit();
  });
});
