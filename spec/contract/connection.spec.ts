import { expect } from 'chai';
import { Redis } from 'ioredis';
import { createClient, IdempotencyStore } from '../../src/index.js';
import { onEachRedis, onRealRedis } from '../support/engines.js';
import { eventually } from '../support/eventually.js';
import { type RedisServer, startRedisServer } from '../support/redis-server.js';
import { rejectionOf } from '../support/rejection.js';

onEachRedis('createClient', (engine) => {
  it('resolves to a client that works at once', async () => {
    const redis = await createClient(engine.url());
    expect(await redis.ping()).to.equal('PONG');
    await redis.quit();
  });

  it('makes clients that remember their namespace', async () => {
    const redis = await engine.connect({ namespace: `${engine.namespace()}.own` });
    await new IdempotencyStore(redis).set('key', 1);
    expect(await redis.exists(`${engine.namespace()}.own:idempotency:{key}`)).to.equal(1);
  });

  it('makes clients whose namespace an option of a class overrides', async () => {
    const redis = await engine.connect();
    const namespace = `${engine.namespace()}.other`;
    await new IdempotencyStore(redis, { namespace }).set('key', 1);
    expect(await redis.exists(`${namespace}:idempotency:{key}`)).to.equal(1);
    expect(await new IdempotencyStore(redis).get('key')).to.equal(undefined);
  });

  it('leaves nothing in the database', async () => {
    const redis = await engine.connect();
    expect(await redis.keys(`${engine.namespace()}*`)).to.deep.equal([]);
  });
});

onRealRedis('a stock ioredis client', (engine) => {
  it('gets the namespace qx', async () => {
    const redis = new Redis(engine.url());
    const store = new IdempotencyStore(redis);
    await store.set(engine.namespace(), 1);
    expect(await redis.exists(`qx:idempotency:{${engine.namespace()}}`)).to.equal(1);
    await store.delete(engine.namespace());
    await redis.quit();
  });
});

describe('memory://', () => {
  const storeOn = async (url: string) => new IdempotencyStore(await createClient(url));

  it('has the same data under the same name', async () => {
    await (await storeOn('memory://same')).set('key', 'value');
    expect(await (await storeOn('memory://same')).get('key')).to.equal('value');
  });

  it('has other data under another name', async () => {
    await (await storeOn('memory://one')).set('key', 'value');
    expect(await (await storeOn('memory://two')).get('key')).to.equal(undefined);
  });
});

describe('a client of createClient', () => {
  let server: RedisServer;

  beforeEach(async () => {
    server = await startRedisServer();
  });
  afterEach(() => server.stop());

  it('remembers its commandTimeoutSeconds', async () => {
    const redis = await createClient({ url: server.url, commandTimeoutSeconds: 0.2 });
    server.pause();
    const error = await rejectionOf(new IdempotencyStore(redis).get('key'));
    expect(error).to.include({ code: 'QX_UNAVAILABLE' });
    expect(error.message).to.match(/within 0.2 s/);
    server.resume();
    await redis.quit();
  });

  it('reconnects by itself', async () => {
    const redis = await createClient(server.url);
    const store = new IdempotencyStore(redis);
    await store.set('before', 1);
    await server.restart();
    await eventually(async () => (await store.set('after', 2)) && (await store.get('after')) === 2);
    await redis.quit();
  });

  it('uses the user, the password and the database of its URL', async () => {
    const admin = new Redis(server.port);
    await admin.call('ACL', 'SETUSER', 'shop', 'on', '>p@ss:w/rd', '~qx:*', '&qx:*', '+@all');
    const url = `redis://shop:${encodeURIComponent('p@ss:w/rd')}@127.0.0.1:${server.port}/5`;
    const redis = await createClient(url);
    expect(await redis.call('CLIENT', 'INFO')).to.match(/ db=5 .* user=shop /);
    await Promise.all([redis.quit(), admin.quit()]);
  });
});
