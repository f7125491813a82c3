import { format, inspect } from 'node:util';
import { expect } from 'chai';
import fc from 'fast-check';
import type { Redis } from 'ioredis';
import {
  Cache,
  type CacheEvent,
  cacheSettingsFromEnv,
  compressed,
  createClient,
  DistributedLock,
  encrypted,
  FencedValue,
  type IdempotencyEvent,
  IdempotencyStore,
  type LockEvent,
  type RedisClient,
} from '../../src/index.js';
import { redisKey } from '../../src/redis/key-space.js';
import { onEachRedis } from '../support/engines.js';
import { freePort } from '../support/ports.js';
import { recordEvents } from '../support/recorded-events.js';
import { type RedisServer, startRedisServer } from '../support/redis-server.js';
import { rejectionOf, thrownBy } from '../support/rejection.js';

/** What no text of the library has by itself. */
const sentinel = 'S3NT1NEL';

/** Everything that a person, a logger or an error reporter could make of it. */
function told(x: unknown): string {
  const options = { depth: 20, showHidden: true, getters: true, maxStringLength: null } as const;
  const texts = [inspect(x), inspect(x, options), format('%s %o %O', x, x, x)];
  try {
    texts.push(JSON.stringify(x));
  } catch {
    // A cycle: nobody sees that.
  }
  for (let error = x; error instanceof Error; error = error.cause)
    texts.push(String(error), error.message, error.stack ?? '', JSON.stringify(error));
  return texts.join('\n');
}

/** A password with what is odd in URLs, shells and patterns around and in the middle of it. */
const odd = fc.string({
  unit: fc.constantFrom(...'/?#@:%&=+ "\'\\[]{}$^*,;|<>`~é', '\n', '\0', '%2F', '***', 'redis://'),
  maxLength: 6,
});
const password = fc.tuple(odd, odd).map(([a, b]) => `${a}${sentinel}${b}${sentinel}`);
/** As it belongs into a URL, and as people paste it. */
const inUrl = fc
  .tuple(password, fc.boolean())
  .map(([text, isEncoded]) => (isEncoded ? encodeURIComponent(text) : text));
const scheme = fc.constantFrom('redis', 'rediss', 'redis+sentinel', 'redis+cluster', 'http', 'r');
const end = fc.constantFrom(
  '',
  ':1',
  ':port',
  '/0',
  '/x/y',
  ':0/1',
  ',b:1',
  '/main',
  ':99999',
  '?a',
);

describe('a secret in the settings', () => {
  it('is in nothing that is thrown for them', async () => {
    const user = fc.constantFrom('', 'app', 'a pp');
    await fc.assert(
      fc.asyncProperty(scheme, user, inUrl, end, async (kind, name, secret, rest) => {
        const url = `${kind}://${name}:${secret}@127.0.0.1${rest}`;
        const bad = { url, namespace: '{', commandTimeoutSeconds: -1 };
        const env = { QX_CACHE_URL: url, QX_CACHE_CONNECT_TIMEOUT_SECONDS: 'soon' };
        const errors = [
          await rejectionOf(createClient(bad)),
          await rejectionOf(createClient({ ...bad, [url]: 1 })),
          thrownBy(() => cacheSettingsFromEnv(env)),
        ];
        for (const error of errors) expect(told(error)).not.to.contain(sentinel);
      }),
      { numRuns: 150 },
    );
  });

  it('is in nothing that is thrown when there is no server', async () => {
    const port = await freePort();
    const good = fc.constantFrom('redis:/0', 'rediss:/0', 'redis+sentinel:/main', 'redis+cluster:');
    await fc.assert(
      fc.asyncProperty(good, password, async (kind, secret) => {
        const [protocol, path] = kind.split(':');
        const url = `${protocol}://app:${encodeURIComponent(secret)}@127.0.0.1:${port}${path}`;
        const error = await rejectionOf(createClient(url));
        expect(error).to.include({ code: 'QX_CONNECTION' });
        expect(told(error)).not.to.contain(sentinel);
      }),
      { numRuns: 25 },
    );
  });

  it('is not in the settings when they are printed', () => {
    fc.assert(
      fc.property(password, (secret) => {
        const url = `redis://app:${encodeURIComponent(secret)}@127.0.0.1:6379/0`;
        const settings = cacheSettingsFromEnv({ QX_CACHE_URL: url, QX_CACHE_NAMESPACE: 'shop' });
        expect(settings.url).to.equal(url);
        expect(told({ settings })).to.contain('shop').and.not.contain(sentinel);
      }),
      { numRuns: 50 },
    );
  });
});

describe('a secret in the settings of a client', () => {
  let server: RedisServer;

  afterEach(() => server.stop());

  it('is not in the client when it is printed, nor in what it makes', async () => {
    server = await startRedisServer({ config: { requirepass: `${sentinel}/@` } });
    const url = server.url.replace('//', `//:${encodeURIComponent(`${sentinel}/@`)}@`);
    const redis = await createClient(url);
    const lock = new DistributedLock(redis, 'a');
    const lease = await lock.acquire();
    const made = [redis, lock, lease, new Cache(redis), new IdempotencyStore(redis)];
    for (const x of made) {
      for (const text of [inspect(x), format('%s %j %O', x, x, x), JSON.stringify(x)])
        expect(text).not.to.contain(sentinel);
    }
    expect(inspect(redis)).to.contain('redis://***@127.0.0.1').and.contain('ready');
    await lease.release();
    await redis.quit();
  });

  it('is not told when a server quotes what it does not know', async () => {
    server = await startRedisServer({ args: ['--rename-command', 'AUTH', 'SIGN-IN'] });
    const url = server.url.replace('//', `//app:${sentinel}@`);
    const error = await rejectionOf(createClient(url));
    expect(error.message).to.contain('unknown command');
    expect(told(error)).not.to.contain(sentinel);
  });
});

describe('a key of encrypted()', () => {
  const bytes = fc.uint8Array({ minLength: 12, maxLength: 48 });
  const formsOf = (key: Uint8Array) => {
    const buffer = Buffer.from(key);
    return [buffer.toString('hex'), buffer.toString('base64'), key.join(), key.join(', ')];
  };

  it('is in nothing that it throws, and in no codec', () => {
    fc.assert(
      fc.property(bytes, bytes, (short, other) => {
        const key = Buffer.concat([short, other, Buffer.alloc(32)]).subarray(0, 32);
        const ring = { current: 'b', keys: { a: short.subarray(0, 12), b: key } };
        const codec = encrypted(key, compressed());
        const text = codec.encode(1);
        const shown = [
          thrownBy(() => encrypted(short.subarray(0, 12))),
          thrownBy(() => encrypted(ring)),
          thrownBy(() => encrypted(formsOf(key)[0] as never)),
          thrownBy(() => encrypted({ current: formsOf(key)[0] as string, keys: { a: key } })),
          thrownBy(() => encrypted({ current: 'a', keys: { a: formsOf(key)[0] as never } })),
          thrownBy(() => encrypted(Buffer.alloc(32, 1)).decode(text)),
          codec,
          new Cache({} as RedisClient, { codec }),
        ];
        for (const form of [...formsOf(key), ...formsOf(short.subarray(0, 12))])
          expect(shown.map(told).join('\n')).not.to.contain(form);
      }),
      { numRuns: 50 },
    );
  });
});

/** A client of which every command fails as the server says. */
function failing(message: string): RedisClient {
  const fail = () =>
    Promise.reject(Object.assign(new Error(message), { command: { args: [sentinel] } }));
  return { eval: fail, evalsha: fail, get: fail, on: () => {} } as unknown as RedisClient;
}

describe('a value, when the server fails', () => {
  const replies = [
    `ERR unknown command 'evalsha', with args beginning with: 'f00' '1' '${sentinel}' \n'${sentinel}'`,
    `WRONGTYPE redis://:${sentinel}@host`,
    `READONLY user:${sentinel}@host`,
  ];
  for (const reply of replies) {
    it(`is in nothing that is thrown: ${reply.slice(0, 11)}`, async () => {
      const redis = failing(reply);
      const errors = await Promise.all([
        rejectionOf(new Cache(redis).set('a', sentinel)),
        rejectionOf(new Cache(redis).get('a')),
        rejectionOf(new IdempotencyStore(redis).set('a', sentinel)),
        rejectionOf(new IdempotencyStore(redis).claim('a', { fingerprint: sentinel })),
      ]);
      for (const error of errors) expect(told(error)).not.to.contain(sentinel);
    });
  }
});

onEachRedis('a value', (engine) => {
  const events = [
    recordEvents<IdempotencyEvent>('qx-cache:idempotency'),
    recordEvents<LockEvent>('qx-cache:lock'),
    recordEvents<CacheEvent>('qx-cache:cache'),
  ];
  const notThis = {
    '~standard': {
      version: 1,
      vendor: 'spec',
      validate: () => ({ issues: [{ message: sentinel }] }),
    },
  } as const;

  it('is in nothing that is thrown or told', async () => {
    const redis = (await engine.connect()) as Redis;
    const [cache, store] = [
      new Cache(redis, { maxValueBytes: 100 }),
      new IdempotencyStore(redis, { maxResultBytes: 100 }),
    ];
    const unstorable = { card: sentinel, get: () => sentinel };
    const fenced = new FencedValue(redis, 'a', { ttlSeconds: 9, maxValueBytes: 100 });
    await cache.set('good', { card: sentinel });
    await store.run('good', async () => ({ card: sentinel }), { fingerprint: { card: sentinel } });
    await redis.set(redisKey(engine.namespace(), 'cache', 'bad'), `devalue1:[{"${sentinel}`);
    await redis.set(redisKey(engine.namespace(), 'cache', 'alien'), sentinel);
    await redis.set(redisKey(engine.namespace(), 'idempotency', 'bad'), sentinel);
    await redis.hset(redisKey(engine.namespace(), 'lock', 'a', 'value'), { text: sentinel });

    const errors = await Promise.all([
      rejectionOf(cache.set('a', unstorable)),
      rejectionOf(cache.set('a', sentinel.repeat(20))),
      rejectionOf(cache.setMany({ a: unstorable })),
      rejectionOf(cache.getOrSet('a', async () => unstorable, { ttlSeconds: 1 })),
      rejectionOf(cache.get('bad')),
      rejectionOf(cache.get('alien')),
      rejectionOf(cache.get('good', { schema: notThis as never })),
      rejectionOf(store.set('a', unstorable)),
      rejectionOf(store.set('a', sentinel.repeat(20))),
      rejectionOf(store.get('bad')),
      rejectionOf(store.run('bad', async () => sentinel)),
      rejectionOf(store.run('good', async () => 1, { fingerprint: { card: `${sentinel}2` } })),
      rejectionOf(store.run('good', async () => 1, { schema: notThis as never })),
      rejectionOf(fenced.set(unstorable, 1)),
      rejectionOf(fenced.set(sentinel.repeat(20), 1)),
      rejectionOf(fenced.get()),
    ]);
    for (const work of [unstorable, sentinel.repeat(20)]) {
      await store.run(`of ${typeof work}`, async (claim) => {
        await claim.step('step', async () => work);
        return work;
      });
    }
    expect(events.flat().length).to.be.above(8);
    for (const x of [...errors, ...events.flat(), cache, store, fenced])
      expect(told(x)).not.to.contain(sentinel);
  });
});
