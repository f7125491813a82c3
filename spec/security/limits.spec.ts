import { expect } from 'chai';
import type { Redis } from 'ioredis';
import {
  acquireAll,
  Cache,
  createClient,
  DistributedLock,
  FencedValue,
  fingerprintOf,
  type IdempotencyEvent,
  IdempotencyStore,
  isQxCacheError,
  lead,
  ReadWriteLock,
  Semaphore,
} from '../../src/index.js';
import { idempotent, storedKeyOf } from '../../src/mediator/index.js';
import { limits } from '../../src/settings/limits.js';
import { readPage } from '../docs/snippets.js';
import { onRealRedis } from '../support/engines.js';
import { recordEvents } from '../support/recorded-events.js';
import { rejectionOf, thrownBy } from '../support/rejection.js';

/** Longer in bytes than in characters. */
const text = (bytes: number) => 'é'.repeat(Math.floor(bytes / 2)) + 'x'.repeat(bytes % 2);
const deep = JSON.parse(`${'['.repeat(2e5)}${']'.repeat(2e5)}`) as unknown;
const work = async () => 1;

/** Each way in with the most that it takes, and with a little more. */
interface Door {
  readonly code: string;
  readonly most: number;
  readonly enter: (redis: Redis, size: number) => unknown;
}

const key: Pick<Door, 'code' | 'most'> = {
  code: 'QX_IDEMPOTENCY_KEY',
  most: limits.idempotencyKeyBytes,
};
const settings = (most: number) => ({ code: 'QX_SETTINGS', most });
const value = { code: 'QX_SERIALIZATION', most: 100 };
const ttlSeconds = 9;
const cacheKey = settings(limits.cacheKeyBytes);
const lockName = settings(limits.lockNameBytes);

const doors: Record<string, Door> = {
  'store.run: key': { ...key, enter: (redis, n) => new IdempotencyStore(redis).run(text(n), work) },
  'store.claim: key': { ...key, enter: (redis, n) => new IdempotencyStore(redis).claim(text(n)) },
  'store.set: key': { ...key, enter: (redis, n) => new IdempotencyStore(redis).set(text(n), 1) },
  'store.get: key': { ...key, enter: (redis, n) => new IdempotencyStore(redis).get(text(n)) },
  'store.inspect: key': {
    ...key,
    enter: (redis, n) => new IdempotencyStore(redis).inspect(text(n)),
  },
  'store.delete: key': { ...key, enter: (redis, n) => new IdempotencyStore(redis).delete(text(n)) },
  'store.stepKey: key': {
    ...key,
    enter: async (redis, n) => new IdempotencyStore(redis).stepKey(text(n), 'a'),
  },
  'store.stepKey: name': {
    ...settings(limits.stepNameBytes),
    enter: async (redis, n) => new IdempotencyStore(redis).stepKey('a', text(n)),
  },
  'claim.step: name': {
    ...settings(limits.stepNameBytes),
    enter: (redis, n) =>
      new IdempotencyStore(redis).run('a', (claim) => claim.step(text(n), work), {
        keepSteps: true,
      }),
  },
  'store.run: version': {
    ...settings(limits.versionBytes),
    enter: (redis, n) => new IdempotencyStore(redis).run('a', work, { version: text(n) }),
  },
  'store.set: value': {
    ...value,
    // The text has the id of the codec, its mark of JSON and quotes, too.
    enter: (redis, n) =>
      new IdempotencyStore(redis, { maxResultBytes: 100 }).set('a', 'x'.repeat(n - 12)),
  },
  'cache.set: key': { ...cacheKey, enter: (redis, n) => new Cache(redis).set(text(n), 1) },
  'cache.get: key': { ...cacheKey, enter: (redis, n) => new Cache(redis).get(text(n)) },
  'cache.exists: key': { ...cacheKey, enter: (redis, n) => new Cache(redis).exists(text(n)) },
  'cache.ttl: key': { ...cacheKey, enter: (redis, n) => new Cache(redis).ttl(text(n)) },
  'cache.delete: key': { ...cacheKey, enter: (redis, n) => new Cache(redis).delete(text(n)) },
  'cache.getOrSet: key': {
    ...cacheKey,
    enter: (redis, n) => new Cache(redis).getOrSet(text(n), work, { ttlSeconds }),
  },
  'cache.setMany: key': {
    ...cacheKey,
    enter: (redis, n) => new Cache(redis).setMany({ [text(n)]: 1 }),
  },
  'cache.set: value': {
    ...value,
    enter: (redis, n) => new Cache(redis, { maxValueBytes: 100 }).set('a', 'x'.repeat(n - 3)),
  },
  'cache.getOrSet: value': {
    ...value,
    enter: (redis, n) =>
      new Cache(redis, { maxValueBytes: 100 }).getOrSet('a', async () => 'x'.repeat(n - 3), {
        ttlSeconds,
      }),
  },
  'fenced.set: value': {
    ...value,
    enter: (redis, n) =>
      new FencedValue(redis, 'a', { ttlSeconds, maxValueBytes: 100 }).set('x'.repeat(n - 3), 1),
  },
  DistributedLock: {
    ...lockName,
    enter: async (redis, n) => (await new DistributedLock(redis, text(n)).acquire()).release(),
  },
  Semaphore: {
    ...lockName,
    enter: async (redis, n) =>
      (await new Semaphore(redis, text(n), { permits: 1 }).acquire()).release(),
  },
  ReadWriteLock: {
    ...lockName,
    enter: async (redis, n) => (await new ReadWriteLock(redis, text(n)).read()).release(),
  },
  FencedValue: {
    ...lockName,
    enter: (redis, n) => new FencedValue(redis, text(n), { ttlSeconds }).set(1, 1),
  },
  'acquireAll: name': {
    ...lockName,
    enter: async (redis, n) => (await acquireAll(redis, [text(n)])).release(),
  },
  lead: {
    ...lockName,
    enter: (redis, n) =>
      lead(redis, text(n), async () => {}, { signal: AbortSignal.abort() }).catch(
        (error: unknown) => {
          if (isQxCacheError(error)) throw error;
        },
      ),
  },
  namespace: {
    ...settings(limits.namespaceBytes),
    enter: (redis, n) => new Cache(redis, { namespace: 'n'.repeat(n) }).get('a'),
  },
};

onRealRedis('the most that is taken', (engine) => {
  const written = async (redis: Redis) => (await redis.keys(`${engine.namespace()}*`)).length;

  for (const [title, { code, most, enter }] of Object.entries(doors)) {
    it(`is taken, and more is refused before anything is written: ${title}`, async () => {
      const redis = (await engine.connect()) as Redis;
      const refused = await rejectionOf((async () => enter(redis, most + 1))());
      expect(refused).to.include({ code }, refused.message);
      expect(refused.message.length).to.be.below(400);
      const left = await redis.keys(`${engine.namespace()}*`);
      // A claim that was given up leaves its token.
      for (const name of left) expect(await redis.hget(name, 'state')).to.equal('free');
      await enter(redis, most);
    });
  }

  it('is a number of keys, of a call of the cache', async () => {
    const redis = (await engine.connect()) as Redis;
    const cache = new Cache(redis);
    const many = Array.from({ length: limits.cacheKeysAtOnce + 1 }, (_, i) => `${i}`);
    for (const call of [
      cache.getMany(many),
      cache.delete(...many),
      cache.setMany(many.map((name) => [name, 1] as const)),
    ]) {
      expect(await rejectionOf(call)).to.include({ code: 'QX_SETTINGS' });
    }
    expect(await written(redis)).to.equal(0);
  });

  it('is a number of locks at once', async () => {
    const redis = (await engine.connect()) as Redis;
    const many = Array.from({ length: limits.locksAtOnce + 1 }, (_, i) => `${i}`);
    expect(await rejectionOf(acquireAll(redis, many))).to.include({ code: 'QX_SETTINGS' });
    expect(await written(redis)).to.equal(0);
  });

  it('is as deep as a payload can be read', async () => {
    const redis = (await engine.connect()) as Redis;
    const [cache, store] = [new Cache(redis), new IdempotencyStore(redis)];
    for (const call of [
      cache.set('a', deep),
      store.set('a', deep),
      store.claim('a', { fingerprint: deep }),
    ]) {
      expect(await rejectionOf(call)).to.include({ code: 'QX_SERIALIZATION' });
    }
    expect(await written(redis)).to.equal(0);
  });
});

onRealRedis('the steps of a run', (engine) => {
  const events = recordEvents<IdempotencyEvent>('qx-cache:idempotency');

  it('remember no more together than is allowed; the rest is told, and runs again', async () => {
    const store = new IdempotencyStore(await engine.connect(), { maxResultBytes: 2 ** 26 });
    const size = limits.stepResultsBytes / 4;
    const run = store.run('a', async (claim) => {
      for (let i = 1; i <= 4; i += 1) await claim.step(`s${i}`, async () => 'x'.repeat(size));
      throw new Error('the steps stay');
    });
    await rejectionOf(run);
    const told = events.flatMap((event) => ('reason' in event ? [event.reason] : []));
    expect(told[0]).to.match(/^step "s4": .* together/);
  });
});

describe('the most that is taken', () => {
  class Order {
    constructor(readonly idempotencyKey: string) {}
  }
  const scoped = (bytes: number) => () => text(bytes);

  it('is a number of bytes, of the key and the scope of a command', () => {
    expect(storedKeyOf(new Order(text(limits.commandKeyBytes)), scoped(limits.scopeBytes))).to.be
      .ok;
    for (const refused of [
      thrownBy(() => storedKeyOf(new Order(text(limits.commandKeyBytes + 1)))),
      thrownBy(() => storedKeyOf(new Order('a'), scoped(limits.scopeBytes + 1))),
    ]) {
      expect(refused).to.include({ code: 'QX_IDEMPOTENCY_KEY' });
    }
  });

  it('lets the longest key of a command, with its scope and its name, be a key of the store', () => {
    @idempotent({ name: 'a'.repeat(1000) })
    class Named extends Order {}
    const command = new Named('%'.repeat(limits.commandKeyBytes));
    const stored = storedKeyOf(command, () => '%'.repeat(limits.scopeBytes));
    expect(Buffer.byteLength(stored)).to.be.at.most(limits.idempotencyKeyBytes);
  });

  it('is a number of bytes, of a URL', async () => {
    const url = `redis://${'h'.repeat(limits.urlBytes)}`;
    expect(await rejectionOf(createClient(url))).to.include({ code: 'QX_SETTINGS' });
  });

  it('is as deep as a payload can be read, of a fingerprint alone', () => {
    expect(thrownBy(() => fingerprintOf(deep))).to.include({ code: 'QX_SERIALIZATION' });
  });

  it('stands in docs/safety.md', () => {
    const [, table = ''] = readPage('docs/safety.md').split('## Limits\n');
    const shown = (n: number) =>
      n >= 2 ** 20 ? `${n / 2 ** 20} MiB` : n.toLocaleString('en-US', { useGrouping: true });
    for (const [name, most] of Object.entries(limits))
      expect(table, name).to.match(new RegExp(`[|,] ${shown(most)}[ ,;]`));
  });
});
