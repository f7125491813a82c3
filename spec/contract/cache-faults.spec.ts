import { expect } from 'chai';
import type { Cluster, Redis } from 'ioredis';
import { Cache } from '../../src/cache/index.js';
import { isCacheUnavailableError } from '../../src/errors/index.js';
import { type FaultProxy, startFaultProxy } from '../../src/testing/index.js';
import { deferred } from '../cache/deferred.js';
import { rejectionOf } from '../cache/rejection.js';
import { onRealRedis } from '../support/engines.js';
import { eventually } from '../support/eventually.js';

onRealRedis('Cache when the network fails', (engine) => {
  let proxy: FaultProxy;
  /** Through the proxy. */
  let cache: Cache;
  /** Past the proxy. */
  let direct: Cache;
  let redis: Redis | Cluster;
  const ttlSeconds = 60;

  beforeEach(async () => {
    proxy = await startFaultProxy({ target: engine.url() });
    cache = new Cache(await engine.connect({ url: proxy.url }));
    redis = await engine.connect();
    direct = new Cache(redis);
  });

  afterEach(() => proxy.close());

  const keyOf = (part = '') => `${engine.namespace()}:cache:{a}${part}`;
  const loseNext = () => proxy.loseReply((command) => command.includes(keyOf()));

  it("answers a set when 'absent' the same when it is sent again after a lost reply", async () => {
    const lost = loseNext();
    const answer = cache.set('a', 1, { when: 'absent' });
    await lost;
    expect(await answer).to.equal(true);
    expect(await direct.get('a')).to.equal(1);
    expect(proxy.counts.lostReplies).to.equal(1);
    // It was carried out once, and another caller's set is still refused.
    expect(await cache.set('a', 2, { when: 'absent' })).to.equal(false);
  });

  it("does not overwrite a newer value with a set when 'present' that is sent again", async () => {
    await direct.set('a', 0);
    const lost = loseNext();
    const answer = cache.set('a', 1, { when: 'present' });
    await lost;
    await direct.set('a', 2);
    expect(await answer).to.equal(true);
    expect(await direct.get('a')).to.equal(2);
  });

  it('loads once when the reply that gave the right to load is lost', async () => {
    let loads = 0;
    const lost = loseNext();
    const loading = cache.getOrSet('a', async () => ++loads, { ttlSeconds });
    await lost;
    expect(await loading).to.equal(1);
    expect(loads).to.equal(1);
    expect(await direct.get('a')).to.equal(1);
  });

  it('stores once when the reply that said so is lost', async () => {
    const gate = deferred();
    const loading = cache.getOrSet('a', () => gate.promise.then(() => 'x'), { ttlSeconds });
    await eventually(() => redis.exists(keyOf(':load')));
    const lost = loseNext();
    gate.resolve();
    await lost;
    expect(await loading).to.equal('x');
    expect(await direct.get('a')).to.equal('x');
    expect(await redis.exists(keyOf(':load'))).to.equal(0);
  });

  it('gives a waiter its value though the push got lost', async () => {
    proxy.dropPushes();
    const gate = deferred();
    const loading = direct.getOrSet('a', () => gate.promise.then(() => 'x'), { ttlSeconds });
    await eventually(() => redis.exists(keyOf(':load')));
    // In one process a waiter would find the load itself, so this one is another's.
    await redis.set(keyOf(':load'), 'another process', 'PX', 10_000);
    const waiting = cache.getOrSet('a', async () => 'y', { ttlSeconds });
    await eventually(async () => {
      const [, count] = (await (redis as Redis).pubsub('NUMSUB', keyOf(':loaded'))) as unknown[];
      return count === 1;
    });
    await direct.set('a', 'z');
    expect(await waiting).to.equal('z');
    expect(proxy.counts.droppedPushes).to.be.at.least(1);
    gate.resolve();
    expect(await loading).to.equal('x');
  });

  it('fails within the time limit when Redis does not answer, and loads nothing', async () => {
    const impatient = new Cache(
      await engine.connect({ url: proxy.url, commandTimeoutSeconds: 0.1 }),
    );
    proxy.blackhole();
    const load = () => Promise.reject(new Error('must not load'));
    for (const call of [
      impatient.get('a'),
      impatient.set('a', 1),
      impatient.delete('a'),
      impatient.getOrSet('a', load, { ttlSeconds }),
    ]) {
      expect(isCacheUnavailableError(await rejectionOf(call))).to.equal(true);
    }
  });

  it('gives back a right to load that came after the time limit', async () => {
    const impatient = new Cache(
      await engine.connect({ url: proxy.url, commandTimeoutSeconds: 0.05 }),
    );
    proxy.delay(0.3);
    const loading = impatient.getOrSet('a', async () => 1, { ttlSeconds });
    expect(isCacheUnavailableError(await rejectionOf(loading))).to.equal(true);
    await eventually(async () => !(await redis.exists(keyOf(':load'))));
    expect(await direct.getOrSet('a', async () => 2, { ttlSeconds })).to.equal(2);
  });

  it('gives a loaded value to its caller though Redis went away meanwhile', async () => {
    const impatient = new Cache(
      await engine.connect({ url: proxy.url, commandTimeoutSeconds: 0.1 }),
    );
    const load = async () => {
      proxy.blackhole();
      return 'x';
    };
    expect(await impatient.getOrSet('a', load, { ttlSeconds })).to.equal('x');
  });

  it('tells waiters that Redis is away', async () => {
    await redis.set(keyOf(':load'), 'another process', 'PX', 10_000);
    const impatient = new Cache(
      await engine.connect({ url: proxy.url, commandTimeoutSeconds: 0.1 }),
    );
    const waiting = [1, 2].map(() => impatient.getOrSet('a', async () => 1, { ttlSeconds }));
    const listening = async () => (await (redis as Redis).pubsub('NUMSUB', keyOf(':loaded')))[1];
    await eventually(async () => (await listening()) === 1);
    proxy.blackhole();
    // No push gets through now, so the poll that backs it up is what notices.
    for (const wait of waiting) {
      expect(isCacheUnavailableError(await rejectionOf(wait))).to.equal(true);
    }
  });

  it('sends one command for a hit, and one for a get', async () => {
    await cache.getOrSet('a', async () => 1, { ttlSeconds });
    await cache.getOrSet('a', async () => 2, { ttlSeconds });
    const before = proxy.counts.commands;
    expect(await cache.getOrSet('a', async () => 3, { ttlSeconds })).to.equal(1);
    expect(proxy.counts.commands - before).to.equal(1);
    await cache.get('a');
    expect(proxy.counts.commands - before).to.equal(2);
    await cache.getMany(['a', 'b', 'c']);
    expect(proxy.counts.commands - before).to.equal(3);
  });
});
