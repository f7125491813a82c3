import { expect } from 'chai';
import type { Cluster, Redis } from 'ioredis';
import { Cache } from '../../src/cache/index.js';
import {
  isCacheSerializationError,
  isCacheUnavailableError,
  isQxCacheSettingsError,
  type QxCacheError,
} from '../../src/errors/index.js';
import { eventsOf } from '../cache/cache-events.js';
import { rejectionOf } from '../cache/rejection.js';
import { onEachRedis } from '../support/engines.js';
import { eventually } from '../support/eventually.js';

onEachRedis('Cache', (engine) => {
  let redis: Redis | Cluster;
  let cache: Cache;

  beforeEach(async () => {
    redis = await engine.connect();
    cache = new Cache(redis);
  });

  const redisKeyOf = (key: string) => `${engine.namespace()}:cache:{${key}}`;

  describe('get and set', () => {
    it('give undefined for an absent key, and null for a stored null', async () => {
      expect(await cache.get('a')).to.equal(undefined);
      expect(await cache.set('a', null)).to.equal(true);
      expect(await cache.get('a')).to.equal(null);
    });

    it('keep every kind of value that the contract lists', async () => {
      const value = {
        date: new Date(0),
        map: new Map<unknown, unknown>([['a', new Set([1n, Number.NaN])]]),
        missing: undefined,
        bytes: Buffer.from([0, 255]),
        array: new Uint8Array([1, 2, 3]),
        nested: { nothing: null, list: [null, undefined, []] },
      };
      await cache.set('a', value);
      expect(await cache.get('a')).to.deep.equal(value);
      const error = new RangeError('no', { cause: 'why' });
      await cache.set('e', { error });
      const found = await cache.get<{ error: Error }>('e');
      expect(found?.error).to.be.instanceOf(RangeError).with.property('message', 'no');
      expect(found?.error.cause).to.equal('why');
    });

    it('overwrite, and drop the TTL that the earlier value had', async () => {
      await cache.set('a', 1, { ttlSeconds: 100 });
      await cache.set('a', 2);
      expect(await cache.get('a')).to.equal(2);
      expect(await cache.ttl('a')).to.equal(Number.POSITIVE_INFINITY);
    });

    it('forget a value when its TTL is over, also one of a fraction of a second', async () => {
      await cache.set('a', 1, { ttlSeconds: 0.05 });
      await eventually(async () => (await cache.get('a')) === undefined);
      expect(await cache.exists('a')).to.equal(false);
    });

    it("take the TTL of the constructor when the call doesn't say", async () => {
      const brief = new Cache(redis, { ttlSeconds: 60 });
      await brief.set('a', 1);
      await brief.set('b', 1, { ttlSeconds: 600 });
      expect(await brief.ttl('a')).to.be.within(50, 60);
      expect(await brief.ttl('b')).to.be.within(500, 600);
    });

    it('spread the ends of keys by jitter, between its fraction and all of the TTL', async () => {
      const spread = new Cache(redis, { ttlSeconds: 1000, jitter: 0.5 });
      const keys = Array.from({ length: 50 }, (_, i) => `k${i}`);
      await spread.setMany(keys.map((key) => [key, key]));
      const ttls = await Promise.all(keys.map((key) => spread.ttl(key)));
      for (const ttl of ttls) expect(ttl).to.be.within(490, 1000);
      expect(new Set(ttls.map((ttl) => Math.round(ttl as number))).size).to.be.above(10);
    });

    it("set only where `when` holds: 'absent' and 'present'", async () => {
      expect(await cache.set('a', 1, { when: 'present' })).to.equal(false);
      expect(await cache.get('a')).to.equal(undefined);
      expect(await cache.set('a', 2, { when: 'absent' })).to.equal(true);
      expect(await cache.set('a', 3, { when: 'absent' })).to.equal(false);
      expect(await cache.get('a')).to.equal(2);
      expect(await cache.set('a', 4, { when: 'present', ttlSeconds: 60 })).to.equal(true);
      expect(await cache.get('a')).to.equal(4);
      expect(await cache.ttl('a')).to.be.within(50, 60);
    });

    it("let one of many callers win `when: 'absent'`", async () => {
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, i) => cache.set('a', i, { when: 'absent' })),
      );
      expect(answers.filter(Boolean)).to.have.length(1);
    });

    it('give each caller an object of its own', async () => {
      await cache.set('a', { n: 1 });
      const [first, second] = await Promise.all([cache.get('a'), cache.get('a')]);
      expect(first).to.deep.equal(second);
      expect(first).not.to.equal(second);
    });

    it('keep namespaces apart, and keys with braces too', async () => {
      const other = new Cache(redis, { namespace: `${engine.namespace()}-other` });
      await cache.set('a', 1);
      await cache.set('{a}', 2);
      await cache.set('a}:stale', 3);
      expect(await other.get('a')).to.equal(undefined);
      expect(await cache.get('a')).to.equal(1);
      expect(await cache.get('{a}')).to.equal(2);
      expect(await cache.get('a}:stale')).to.equal(3);
      expect(await redis.get(redisKeyOf('a'))).to.be.a('string');
    });
  });

  describe('exists, ttl and delete', () => {
    it('tell whether there is a value, and for how long', async () => {
      expect(await cache.exists('a')).to.equal(false);
      expect(await cache.ttl('a')).to.equal(undefined);
      await cache.set('a', undefined, { ttlSeconds: 2.5 });
      expect(await cache.exists('a')).to.equal(true);
      expect(await cache.ttl('a')).to.be.within(1, 2.5);
    });

    it('delete any number of keys, and say how many values there were', async () => {
      await cache.setMany({ a: 1, b: 2, c: 3 });
      expect(await cache.delete()).to.equal(0);
      expect(await cache.delete('a', 'none', 'b', 'a')).to.equal(2);
      expect([...(await cache.getMany(['a', 'b', 'c'])).keys()]).to.deep.equal(['c']);
    });
  });

  describe('getMany and setMany', () => {
    it('take pairs, a Map or a plain object', async () => {
      await cache.setMany([['a', 1]]);
      await cache.setMany(new Map([['b', 2]]));
      await cache.setMany({ c: 3 }, { ttlSeconds: 60 });
      expect([...(await cache.getMany(['a', 'b', 'c']))]).to.deep.equal([
        ['a', 1],
        ['b', 2],
        ['c', 3],
      ]);
      expect(await cache.ttl('a')).to.equal(Number.POSITIVE_INFINITY);
      expect(await cache.ttl('c')).to.be.within(50, 60);
    });

    it('answer in the order asked, without the absent ones, each key once', async () => {
      await cache.setMany({ a: 1, b: null });
      const found = await cache.getMany(['b', 'none', 'a', 'b']);
      expect([...found]).to.deep.equal([
        ['b', null],
        ['a', 1],
      ]);
      expect((await cache.getMany([])).size).to.equal(0);
    });

    it('write nothing when one value of many is refused, and the last of a key set twice', async () => {
      const error = await rejectionOf(cache.setMany({ a: 1, b: { f: () => {} } }));
      expect(isCacheSerializationError(error)).to.equal(true);
      expect(await cache.exists('a')).to.equal(false);
      await cache.setMany([
        ['a', 1],
        ['a', 2],
      ]);
      expect(await cache.get('a')).to.equal(2);
    });
  });

  describe('refuses before anything is written', () => {
    class Money {
      amount = 1;
    }
    const cyclic: { self?: unknown } = {};
    cyclic.self = cyclic;
    const unstorable: [unknown, string][] = [
      [{ lines: [{ price: () => 1 }] }, '.lines[0].price'],
      [{ paid: new Money() }, '.paid'],
      [cyclic, '.self'],
      [new Map([['a', Symbol('s')]]), '.get("a")'],
    ];
    for (const [value, path] of unstorable) {
      it(`a value that can't be stored, naming ${path}`, async () => {
        const error = await rejectionOf(cache.set('a', value));
        expect(isCacheSerializationError(error)).to.equal(true);
        expect(error).to.have.property('path', path);
        expect(error).to.have.property('message').that.includes(path);
        expect(await cache.exists('a')).to.equal(false);
      });
    }

    const badKeys = ['', 7, null, undefined, 'a\ud800', 'é'.repeat(513)];
    for (const bad of badKeys as string[]) {
      it(`${JSON.stringify(bad)?.slice(0, 12)} as a key`, async () => {
        const calls = [
          cache.get(bad),
          cache.set(bad, 1),
          cache.delete('a', bad),
          cache.exists(bad),
          cache.ttl(bad),
          cache.getMany(['a', bad]),
          cache.setMany([[bad, 1]]),
          cache.getOrSet(bad, async () => 1, { ttlSeconds: 1 }),
        ];
        for (const call of calls) {
          const error = await rejectionOf(call);
          expect(isQxCacheSettingsError(error)).to.equal(true);
        }
      });
    }

    it('takes the longest key there may be', async () => {
      expect(await cache.set('é'.repeat(512), 1)).to.equal(true);
    });

    const badCalls: [string, (c: Cache) => Promise<unknown>][] = [
      ['ttlSeconds', (c) => c.set('a', 1, { ttlSeconds: 0 })],
      ['ttlSeconds', (c) => c.set('a', 1, { ttlSeconds: '5' as unknown as number })],
      ['ttlSeconds', (c) => c.set('a', 1, { ttlSeconds: Number.POSITIVE_INFINITY })],
      ['when', (c) => c.set('a', 1, { when: 'never' as 'absent' })],
      ['ttl', (c) => c.set('a', 1, { ttl: 5 } as object)],
      ['when', (c) => c.setMany({ a: 1 }, { when: 'absent' } as object)],
      ['entries', (c) => c.setMany([['a']] as never)],
      ['entries', (c) => c.setMany('ab' as never)],
      ['keys', (c) => c.getMany('ab' as never)],
      ['schema', (c) => c.get('a', { schema: {} as never })],
      ['ttlSeconds', (c) => c.getOrSet('a', async () => 1, {} as { ttlSeconds: number })],
      ['ttlSeconds', (c) => c.getOrSet('a', async () => 1, undefined as never)],
      ['staleSeconds', (c) => c.getOrSet('a', async () => 1, { ttlSeconds: 1, staleSeconds: -1 })],
      ['load', (c) => c.getOrSet('a', 5 as never, { ttlSeconds: 1 })],
    ];
    for (const [name, call] of badCalls) {
      it(`a wrong option or argument: ${call}`, async () => {
        const error = await rejectionOf(call(cache));
        expect(isQxCacheSettingsError(error)).to.equal(true);
        expect((error as QxCacheError).message).to.include(name);
        expect(await cache.exists('a')).to.equal(false);
      });
    }

    const badOptions: [string, object][] = [
      ['ttlSeconds', { ttlSeconds: -1 }],
      ['ttlSeconds', { ttlSeconds: Number.NaN }],
      ['jitter', { jitter: 1.1 }],
      ['jitter', { jitter: -0.1 }],
      ['namespace', { namespace: 'a{b' }],
      ['codec', { codec: { id: 'a:b', encode() {}, decode() {} } }],
      ['leaseSeconds', { leaseSeconds: 1 }],
    ];
    for (const [name, options] of badOptions) {
      it(`the constructor option ${JSON.stringify(options)}`, () => {
        expect(() => new Cache(redis, options)).to.throw(name);
      });
    }
  });

  describe('what is stored by others', () => {
    it('throws CacheSerializationError for unreadable text, and leaves it alone', async () => {
      const texts = ['not ours', 'devalue1:[', 'other1:[1]', 'devalue1:[["Nope",1],2]'];
      // In scripts of ioredis-mock an empty text is none.
      if (engine.isReal) texts.push('');
      for (const text of texts) {
        await redis.set(redisKeyOf('a'), text);
        expect(isCacheSerializationError(await rejectionOf(cache.get('a')))).to.equal(true);
        expect(isCacheSerializationError(await rejectionOf(cache.getMany(['a'])))).to.equal(true);
        const load = () => Promise.reject(new Error('must not load'));
        const loading = cache.getOrSet('a', load, { ttlSeconds: 1 });
        expect(isCacheSerializationError(await rejectionOf(loading))).to.equal(true);
        expect(await redis.get(redisKeyOf('a'))).to.equal(text);
      }
    });

    it('throws CacheSerializationError for another Redis type; set replaces it', async () => {
      await redis.hset(redisKeyOf('a'), 'field', 'value');
      expect(isCacheSerializationError(await rejectionOf(cache.get('a')))).to.equal(true);
      const loading = cache.getOrSet('a', async () => 1, { ttlSeconds: 1 });
      expect(isCacheSerializationError(await rejectionOf(loading))).to.equal(true);
      expect(await cache.set('a', 1)).to.equal(true);
      expect(await cache.get('a')).to.equal(1);
    });
  });

  it('reports hits and misses on qx-cache:cache', async () => {
    const { events, stop } = eventsOf('a');
    await cache.get('a');
    await cache.set('a', 1);
    await cache.get('a');
    await cache.getMany(['a', 'b']);
    stop();
    expect(events).to.deep.equal(['miss', 'hit', 'hit']);
  });

  it('leaves no key without an expiry, a value set without ttlSeconds aside', async () => {
    await cache.set('a', 1);
    await cache.set('a', 2, { when: 'present' });
    await cache.getOrSet('a', async () => 3, { ttlSeconds: 60 });
    await cache.getOrSet('b', async () => 4, { ttlSeconds: 60, staleSeconds: 60 });
    const keys = await (redis as Redis).keys(`${engine.namespace()}:*`);
    expect(keys).to.have.length(4);
    for (const key of keys) {
      expect(key.startsWith(`${engine.namespace()}:cache:{`)).to.equal(true);
      const hasExpiry = (await redis.pttl(key)) > 0;
      expect(hasExpiry, key).to.equal(key !== redisKeyOf('a'));
    }
  });

  it('fails with CacheUnavailableError when its client has ended', async () => {
    await redis.quit();
    if (!engine.isReal) return; // ioredis-mock answers even then
    expect(isCacheUnavailableError(await rejectionOf(cache.get('a')))).to.equal(true);
    const loading = cache.getOrSet('a', async () => 1, { ttlSeconds: 1 });
    expect(isCacheUnavailableError(await rejectionOf(loading))).to.equal(true);
  });
});
