import { expect } from 'chai';
import type { Cluster, Redis } from 'ioredis';
import { Cache } from '../../src/cache/index.js';
import { isCacheSerializationError, isCacheUnavailableError } from '../../src/errors/index.js';
import { eventsOf } from '../cache/cache-events.js';
import { deferred } from '../cache/deferred.js';
import { rejectionOf } from '../cache/rejection.js';
import { onEachRedis } from '../support/engines.js';
import { eventually } from '../support/eventually.js';

onEachRedis('Cache.getOrSet', (engine) => {
  let redis: Redis | Cluster;
  let cache: Cache;
  /** On a client of its own, as in another process, save that it finds loads of this one directly. */
  let other: Cache;

  beforeEach(async () => {
    redis = await engine.connect();
    cache = new Cache(redis);
    other = new Cache(await engine.connect());
  });

  const ttlSeconds = 60;
  const never = () => Promise.reject(new Error('must not load'));
  const isLoading = (key: string) => redis.exists(`${engine.namespace()}:cache:{${key}}:load`);
  const expire = (key: string) => redis.del(`${engine.namespace()}:cache:{${key}}`);

  /** A load that a spec ends when it wants to. */
  function slowLoad<T>() {
    const { promise, resolve, reject } = deferred<T>();
    const signals: AbortSignal[] = [];
    const load = (signal: AbortSignal) => {
      signals.push(signal);
      return promise;
    };
    return { load, resolve, reject, signals, promise };
  }

  it('loads and stores a missing value, and then gives it without loading', async () => {
    const value = { at: new Date(0) };
    expect(await cache.getOrSet('a', async () => value, { ttlSeconds })).to.deep.equal(value);
    expect(await cache.getOrSet('a', never, { ttlSeconds })).to.deep.equal(value);
    expect(await cache.get('a')).to.deep.equal(value);
    expect(await cache.ttl('a')).to.be.within(50, 60);
  });

  it('keeps null and undefined, which are values to it', async () => {
    for (const value of [null, undefined]) {
      await cache.delete('a');
      expect(await cache.getOrSet('a', async () => value, { ttlSeconds })).to.equal(value);
      expect(await cache.getOrSet('a', never, { ttlSeconds })).to.equal(value);
    }
  });

  it('loads once for all who ask at the same time, each with an object of its own', async () => {
    const { load, resolve, signals } = slowLoad<{ n: number }>();
    const callers = [cache, other, cache, other, cache].map((c) =>
      c.getOrSet('a', load, { ttlSeconds }),
    );
    await eventually(() => signals.length === 1);
    resolve({ n: 1 });
    const values = await Promise.all(callers);
    expect(values).to.deep.equal(Array(5).fill({ n: 1 }));
    expect(new Set(values).size).to.equal(5);
    expect(signals).to.have.length(1);
  });

  it('tells a failed load to its caller alone; the next one loads, nothing was stored', async () => {
    const { load, reject } = slowLoad<number>();
    const first = cache.getOrSet('a', load, { ttlSeconds });
    await eventually(() => isLoading('a'));
    let loads = 0;
    const next = async () => {
      loads += 1;
      expect(await cache.exists('a')).to.equal(false);
      return loads;
    };
    const others = [cache, other, cache].map((c) => c.getOrSet('a', next, { ttlSeconds }));
    reject(new Error('no luck'));
    expect(await rejectionOf(first)).to.have.property('message', 'no luck');
    expect(await Promise.all(others)).to.deep.equal([1, 1, 1]);
  });

  it('takes a load that throws at once as a failed one', async () => {
    const load = () => {
      throw new Error('at once');
    };
    const error = await rejectionOf(cache.getOrSet('a', load, { ttlSeconds }));
    expect(error).to.have.property('message', 'at once');
    expect(await cache.getOrSet('a', async () => 1, { ttlSeconds })).to.equal(1);
  });

  it('tells a value that cannot be stored to its caller alone', async () => {
    const loading = cache.getOrSet('a', async () => ({ f: () => 1 }), { ttlSeconds });
    const error = await rejectionOf(loading);
    expect(isCacheSerializationError(error)).to.equal(true);
    expect(error).to.have.property('path', '.f');
    expect(await isLoading('a')).to.equal(0);
  });

  for (const [what, change, left] of [
    ['delete', () => other.delete('a'), undefined],
    ['set', () => other.set('a', 'newer'), 'newer'],
    ["set when 'absent'", () => other.set('a', 'newer', { when: 'absent' }), 'newer'],
  ] as const) {
    it(`lets a ${what} during a load win: its callers get the value, it is not stored`, async () => {
      const { load, resolve, signals } = slowLoad<string>();
      const callers = [1, 2, 3].map(() => cache.getOrSet('a', load, { ttlSeconds }));
      // On the connection of the callers, so that they have been answered.
      await cache.exists('a');
      await change();
      resolve('older');
      expect(await Promise.all(callers)).to.deep.equal(['older', 'older', 'older']);
      expect(signals.map(({ aborted }) => aborted)).to.deep.equal([false]);
      expect(await cache.get('a')).to.equal(left);
    });
  }

  it('lets who comes after a delete load anew, while the earlier load still runs', async () => {
    const { load, resolve } = slowLoad<string>();
    const first = cache.getOrSet('a', load, { ttlSeconds });
    await eventually(() => isLoading('a'));
    await cache.delete('a');
    expect(await cache.getOrSet('a', async () => 'newer', { ttlSeconds })).to.equal('newer');
    resolve('older');
    expect(await first).to.equal('older');
    expect(await cache.get('a')).to.equal('newer');
  });

  describe('with staleSeconds', () => {
    const options = { ttlSeconds, staleSeconds: 60 };

    beforeEach(async () => {
      await cache.getOrSet('a', async () => 'old', options);
      await expire('a');
    });

    it('serves an expired value at once, while one process refreshes it', async () => {
      const { load, resolve, signals } = slowLoad<string>();
      const served = [cache, other, cache].map((c) => c.getOrSet('a', load, options));
      expect(await Promise.all(served)).to.deep.equal(['old', 'old', 'old']);
      expect(signals).to.have.length(1);
      resolve('new');
      await eventually(async () => (await cache.get('a')) === 'new');
      expect(await other.getOrSet('a', never, options)).to.equal('new');
    });

    it('never gives it to get, nor to a getOrSet without staleSeconds', async () => {
      expect(await cache.get('a')).to.equal(undefined);
      expect(await cache.exists('a')).to.equal(false);
      expect(await cache.getOrSet('a', async () => 'new', { ttlSeconds })).to.equal('new');
      // The next end of the value finds no old copy any more.
      await expire('a');
      expect(await cache.getOrSet('a', async () => 'newer', options)).to.equal('newer');
    });

    it('shows a failed refresh on the diagnostics channel alone, and tries again', async () => {
      const { events, stop } = eventsOf('a');
      const fail = () => Promise.reject(new Error('no luck'));
      expect(await cache.getOrSet('a', fail, options)).to.equal('old');
      await eventually(() => events.includes('load-failed'));
      await eventually(async () => !(await isLoading('a')));
      expect(await cache.getOrSet('a', async () => 'new', options)).to.equal('old');
      await eventually(async () => (await cache.get('a')) === 'new');
      await eventually(() => events.includes('loaded'));
      stop();
      expect(events.filter((event) => event !== 'miss' && event !== 'hit')).to.deep.equal([
        'stale',
        'load-failed',
        'stale',
        'loaded',
      ]);
    });

    it('makes who wants no old value wait for the refresh', async () => {
      const { load, resolve } = slowLoad<string>();
      expect(await cache.getOrSet('a', load, options)).to.equal('old');
      const waiting = [cache, other].map((c) => c.getOrSet('a', never, { ttlSeconds }));
      resolve('new');
      expect(await Promise.all(waiting)).to.deep.equal(['new', 'new']);
    });

    it('forgets the old value with delete and set', async () => {
      await cache.delete('a');
      expect(await cache.getOrSet('a', async () => 'new', options)).to.equal('new');
      await cache.set('a', 'newer');
      await expire('a');
      expect(await cache.getOrSet('a', async () => 'newest', options)).to.equal('newest');
    });
  });

  it('spreads the ends of loaded values by jitter', async () => {
    const spread = new Cache(redis, { jitter: 1 });
    const keys = Array.from({ length: 20 }, (_, i) => `k${i}`);
    await Promise.all(keys.map((key) => spread.getOrSet(key, async () => 1, { ttlSeconds: 1e6 })));
    const ttls = await Promise.all(keys.map((key) => spread.ttl(key)));
    expect(new Set(ttls.map((ttl) => Math.round(ttl ?? 0))).size).to.be.above(5);
  });

  it('reports each call once, and each load', async () => {
    const { events, stop } = eventsOf('a');
    await cache.getOrSet('a', async () => 1, { ttlSeconds });
    await cache.getOrSet('a', never, { ttlSeconds });
    await cache.delete('a');
    await rejectionOf(cache.getOrSet('a', never, { ttlSeconds }));
    stop();
    expect(events).to.deep.equal(['miss', 'loaded', 'hit', 'miss', 'load-failed']);
  });

  it('aborts the signal of a load when its client ends', async () => {
    const { load, resolve, signals } = slowLoad<string>();
    const loading = cache.getOrSet('a', load, { ttlSeconds });
    await eventually(() => signals.length === 1);
    await redis.quit();
    await eventually(() => signals[0]?.aborted);
    expect(isCacheUnavailableError(signals[0]?.reason)).to.equal(true);
    resolve('loaded all the same');
    expect(await loading).to.equal('loaded all the same');
  });
});
