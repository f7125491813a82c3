import { expect } from 'chai';
import { Redis } from 'ioredis';
import { Cache } from '../../src/cache/index.js';
import { createClient } from '../../src/index.js';
import { deferred } from '../cache/deferred.js';
import { eventually } from '../support/eventually.js';
import { type RedisServer, startRedisServer } from '../support/redis-server.js';

/** One node that owns all slots: it refuses commands and scripts whose keys lie in several. */
describe('Cache on a Redis Cluster', () => {
  let server: RedisServer;
  let redis: Awaited<ReturnType<typeof createClient>>;
  let cache: Cache;

  before(async () => {
    server = await startRedisServer({
      config: { 'cluster-enabled': 'yes', 'cluster-announce-ip': '127.0.0.1' },
    });
    const node = new Redis(server.url);
    await node.call('CLUSTER', 'ADDSLOTSRANGE', '0', '16383');
    await eventually(async () => (await node.cluster('INFO')).includes('cluster_state:ok'));
    await node.quit();
    redis = await createClient(`redis+cluster://127.0.0.1:${server.port}`);
    cache = new Cache(redis);
  });

  after(async () => {
    await redis?.quit();
    await server?.stop();
  });

  it('reads, writes and deletes keys of many slots, also with braces in them', async () => {
    const keys = ['a', 'b', '{c}', '}d{', 'e}', '{}', 'f{g}h'];
    await cache.setMany(keys.map((key, i) => [key, i]));
    expect([...(await cache.getMany([...keys, 'none']))]).to.deep.equal(
      keys.map((key, i) => [key, i]),
    );
    expect(await cache.get('{c}')).to.equal(2);
    expect(await cache.set('a', 1, { when: 'absent' })).to.equal(false);
    expect(await cache.ttl('a')).to.equal(Number.POSITIVE_INFINITY);
    expect(await cache.delete(...keys)).to.equal(keys.length);
  });

  it('loads once, wakes waiters by push and serves stale values', async () => {
    const gate = deferred<string>();
    const options = { ttlSeconds: 60, staleSeconds: 60 };
    const loading = cache.getOrSet('{x}', () => gate.promise, options);
    await eventually(() => redis.exists('qx:cache:{%7Bx%7D}:load'));
    // Another process's, as far as this one knows: it waits for a push.
    await redis.set('qx:cache:{%7Bx%7D}:load', 'another process', 'PX', 10_000);
    const waiting = cache.getOrSet('{x}', async () => 'mine', options);
    await eventually(async () => {
      const node = new Redis(server.url);
      const [, count] = (await node.call(
        'PUBSUB',
        'SHARDNUMSUB',
        'qx:cache:{%7Bx%7D}:loaded',
      )) as unknown[];
      await node.quit();
      return count === 1;
    });
    await cache.delete('{x}');
    expect(await waiting).to.equal('mine');
    gate.resolve('other');
    expect(await loading).to.equal('other');
    await redis.del('qx:cache:{%7Bx%7D}');
    expect(await cache.getOrSet('{x}', async () => 'new', options)).to.equal('mine');
    await eventually(async () => (await cache.get('{x}')) === 'new');
  });
});
