import { expect } from 'chai';
import { Container } from 'inversify';
import type { Redis } from 'ioredis';
import * as core from '../../src/index.js';
import {
  Cache,
  IdempotencyBehavior,
  IdempotencyStore,
  LockBehavior,
  LockFactory,
  QxCache,
  qxCacheModule,
  REDIS_CLIENT,
} from '../../src/mediator/index.js';
import { onEachRedis } from '../support/engines.js';
import { eventually } from '../support/eventually.js';
import { freePort } from '../support/ports.js';
import { startRedisServer } from '../support/redis-server.js';
import { rejectionOf } from '../support/rejection.js';

const tokens = [
  QxCache,
  REDIS_CLIENT,
  Cache,
  IdempotencyStore,
  LockFactory,
  IdempotencyBehavior,
  LockBehavior,
] as const;

onEachRedis('qxCacheModule', (engine) => {
  const settings = () => ({ namespace: engine.namespace() });

  it('connects when it is loaded, binds singletons, and closes what it opened', async () => {
    const container = new Container();
    await container.loadAsync(qxCacheModule({ url: engine.url(), settings: settings() }));
    for (const token of tokens) {
      const bound: unknown = container.get(token as symbol);
      expect(bound, String(token)).to.equal(container.get(token as symbol));
    }
    await container.get(Cache).set('a', 1);
    const redis = container.get<Redis>(REDIS_CLIENT);
    const namespace = engine.namespace();
    expect(await redis.exists(`${namespace}:cache:{a}`)).to.equal(1);
    await container.get(QxCache).close();
    await eventually(() => redis.status !== 'ready');
    // ioredis-mock goes on after QUIT.
    if (!engine.isReal) return;
    const error = await rejectionOf(container.get(Cache).get('a'));
    expect(error).to.satisfy(core.isCacheUnavailableError);
  });

  it('takes the place from settings.url as well', async () => {
    const container = new Container();
    await container.loadAsync(qxCacheModule({ settings: { ...settings(), url: engine.url() } }));
    expect(await container.get(Cache).get('a')).to.equal(undefined);
    await container.get(QxCache).close();
  });

  it('is closed by unloading, once something was taken from it', async () => {
    const container = new Container();
    const module = qxCacheModule({ url: engine.url(), settings: settings() });
    await container.loadAsync(module);
    container.get(QxCache);
    const redis = container.get<Redis>(REDIS_CLIENT);
    await container.unloadAsync(module);
    await eventually(() => redis.status !== 'ready');
    await container.loadAsync(module);
    await container.get(QxCache).close();
  });

  it('refuses to be loaded twice into one container, and says what to do', async () => {
    const redis = await engine.connect();
    const container = new Container();
    container.load(qxCacheModule({ redis }));
    expect(() => container.load(qxCacheModule({ redis })))
      .to.throw(/loaded into this container before.*child container/)
      .that.satisfies(core.isQxCacheSettingsError);
    const again = qxCacheModule({ url: engine.url() });
    const error = await rejectionOf(container.loadAsync(again));
    expect(error).to.satisfy(core.isQxCacheSettingsError);
    expect(await container.get(Cache).get('a')).to.equal(undefined);
  });

  it('refuses the second of two that are loaded at the same moment', async () => {
    const container = new Container();
    const loading = [1, 2].map(() =>
      container.loadAsync(qxCacheModule({ url: engine.url(), settings: settings() })),
    );
    const [first, second] = await Promise.allSettled(loading);
    expect(first?.status).to.equal('fulfilled');
    expect(second).to.have.property('reason').that.satisfies(core.isQxCacheSettingsError);
    await container.get(QxCache).close();
  });

  it('may be loaded into a child container too, and into several containers', async () => {
    const redis = await engine.connect();
    const module = qxCacheModule({ redis });
    const parent = new Container();
    const child = new Container({ parent });
    parent.load(module);
    child.load(module);
    expect(child.get(QxCache)).not.to.equal(parent.get(QxCache));
    expect(() => child.load(module)).to.throw('before');
  });

  it('opens nothing when it is loaded by load() and would have to connect', async () => {
    const watcher = await engine.connect();
    const clients = async () =>
      engine.isReal ? ((await watcher.client('LIST')) as string).split('\n').length : 0;
    const before = await clients();
    const container = new Container();
    const loading = () => container.load(qxCacheModule({ url: engine.url() }));
    expect(loading).to.throw('loadAsync');
    expect(container.isBound(QxCache)).to.equal(false);
    await new Promise((resolve) => setImmediate(resolve));
    expect(await clients()).to.equal(before);
  });
});

describe('qxCacheModule', () => {
  const given = { url: process.env.QX_CACHE_URL };
  afterEach(() => {
    if (given.url === undefined) delete process.env.QX_CACHE_URL;
    else process.env.QX_CACHE_URL = given.url;
  });

  it('asks the environment when nothing says where Redis is', async () => {
    process.env.QX_CACHE_URL = 'memory://module-spec';
    const container = new Container();
    await container.loadAsync(qxCacheModule());
    await container.get(Cache).set('a', 1);
    await container.get(QxCache).close();
  });

  it('rejects with CacheConnectionError, binds nothing, and can be loaded again', async () => {
    const container = new Container();
    const url = `redis://127.0.0.1:${await freePort()}`;
    const error = await rejectionOf(container.loadAsync(qxCacheModule({ url })));
    expect(error).to.satisfy(core.isCacheConnectionError);
    for (const token of tokens) expect(container.isBound(token)).to.equal(false);
    await container.loadAsync(qxCacheModule({ url: 'memory://module-spec' }));
    await container.get(QxCache).close();
  });

  for (const fault of ['pause', 'kill'] as const) {
    it(`closes in bounded time after a ${fault} of its server`, async () => {
      const server = await startRedisServer();
      const container = new Container();
      const settings = { url: server.url, commandTimeoutSeconds: 0.2 };
      await container.loadAsync(qxCacheModule({ settings }));
      const redis = container.get<Redis>(REDIS_CLIENT);
      let hasEnded = false;
      redis.on('end', () => {
        hasEnded = true;
      });
      await container.get(LockFactory).lock('a').acquire();
      await server[fault]();
      if (fault === 'kill') await eventually(() => redis.status === 'reconnecting');
      const startedAt = performance.now();
      await container.get(QxCache).close();
      expect(performance.now() - startedAt).to.be.lessThan(1000);
      // What shares the client, such as the connection for messages, ends with it.
      await eventually(() => hasEnded);
      await server.stop();
    });
  }

  it('refuses bad options at once, and names them', () => {
    const client = { evalsha: () => {} };
    const bad: [unknown, RegExp][] = [
      [{ url: 'http://x' }, /url has an unknown scheme/],
      [{ url: 'memory://a', settings: { namespace: 'a b' } }, /namespace must be/],
      [{ settings: { retries: 1 } }, /unknown option "retries"/],
      [{ settings: { connectTimeoutSeconds: 0 } }, /connectTimeoutSeconds/],
      [{ settings: null }, /settings must be an object/],
      [{ redis: {} }, /redis must be a client of ioredis/],
      [{ redis: client, url: 'memory://a' }, /url and redis were given/],
      [{ redis: client, settings: { url: 'memory://a' } }, /settings\.url and redis were given/],
      [{ url: 'memory://a', settings: { url: 'memory://b' } }, /url and settings\.url were given/],
      [
        { redis: client, settings: { commandTimeoutSeconds: 1 } },
        /unknown option "commandTimeoutSeconds"/,
      ],
      [{ redis: client, settings: { namespace: '' } }, /namespace must be/],
      [{ idempotency: { ttlSeconds: -1 } }, /idempotency\.ttlSeconds/],
      [{ idempotency: { maxResultBytes: 0.5 } }, /idempotency\.maxResultBytes/],
      [{ idempotency: { onUnavailable: 'no' } }, /idempotency\.onUnavailable/],
      [{ idempotency: { namespace: 'x' } }, /unknown option "namespace"/],
      [{ lock: { waitSeconds: -1 } }, /lock\.waitSeconds/],
      [{ lock: { renew: 1 } }, /lock\.renew must be true or false/],
      [{ scope: 'acme' }, /scope must be a function/],
      [{ scope: () => 'a', idempotency: { scope: () => 'b' } }, /idempotency\.scope were given/],
      [{ adapters: [] }, /unknown option "adapters"/],
    ];
    for (const [options, message] of bad) {
      expect(() => qxCacheModule(options as never), JSON.stringify(options))
        .to.throw(message)
        .that.satisfies(core.isQxCacheSettingsError);
    }
    expect(() => qxCacheModule({ url: 'redis+odd://me:secret@host' })).to.throw(/^((?!secret).)*$/);
  });

  it('hands out the very classes of the core', () => {
    expect(Cache).to.equal(core.Cache);
    expect(IdempotencyStore).to.equal(core.IdempotencyStore);
  });
});
