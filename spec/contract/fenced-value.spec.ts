import { expect } from 'chai';
import { createCodec } from '../../src/codec/codec.js';
import {
  isCacheSerializationError,
  isCacheUnavailableError,
  isLockNotHeldError,
  isQxCacheSettingsError,
  type LockNotHeldError,
} from '../../src/errors/index.js';
import { fencedDeleteScript } from '../../src/lock/fencing/scripts/fenced-delete.js';
import { fencedSetScript } from '../../src/lock/fencing/scripts/fenced-set.js';
import { DistributedLock, FencedValue, type FencedValueOptions } from '../../src/lock/index.js';
import type { RedisClient } from '../../src/redis/redis-client.js';
import { type FaultProxy, startFaultProxy } from '../../src/testing/index.js';
import { type Engine, onEachRedis, onRealRedis } from '../support/engines.js';
import { eventually } from '../support/eventually.js';
import { rejectionOf, thrownBy } from '../support/rejection.js';
import { callsOf } from '../support/script-calls.js';

type Client = Awaited<ReturnType<Engine['connect']>>;

async function fencedBy(attempt: Promise<unknown>): Promise<LockNotHeldError> {
  const error = await rejectionOf(attempt);
  if (!isLockNotHeldError(error)) throw error;
  expect(error.reason).to.equal('fenced');
  return error;
}

async function unreadableFor(attempt: Promise<unknown>): Promise<void> {
  const error = await rejectionOf(attempt);
  expect(isCacheSerializationError(error), String(error)).to.equal(true);
}

onEachRedis('FencedValue', (engine) => {
  let redis: Client;
  let value: FencedValue<unknown>;
  let key: string;

  beforeEach(async () => {
    redis = await engine.connect();
    value = newValue();
    key = `${engine.namespace()}:lock:{a}:value`;
  });

  const newValue = (options?: Partial<FencedValueOptions>, client: RedisClient = redis) =>
    new FencedValue<unknown>(client, 'a', { ttlSeconds: 60, ...options });

  describe('a write', () => {
    it('is read by everybody, and comes back as it was', async () => {
      expect(await value.get()).to.equal(undefined);
      const stored = { at: new Date(7), seen: new Set([1n]), left: null };
      await value.set(stored, 1);
      expect(await newValue({}, await engine.connect()).get()).to.deep.equal(stored);
    });

    it('passes with the newest token again, and with a newer one', async () => {
      for (const [next, token] of [
        ['first', 5],
        ['again', 5],
        ['newer', 6],
        ['newest', Number.MAX_SAFE_INTEGER],
      ] as const) {
        await value.set(next, token);
        expect(await value.get()).to.equal(next);
      }
    });

    it('with an older token is refused, and changes nothing', async () => {
      await value.set('new', Number.MAX_SAFE_INTEGER);
      const older = Number.MAX_SAFE_INTEGER - 1;
      const { message, lockName } = await fencedBy(value.set('late', older));
      expect(lockName).to.equal('a');
      expect(message)
        .to.include('"a"')
        .and.include(`${older}`)
        .and.include(`${Number.MAX_SAFE_INTEGER}`)
        .and.include('Nothing was written');
      await fencedBy(value.delete(older));
      expect(await value.get()).to.equal('new');
    });

    it('of a holder that lost the lock is refused, once its successor has written', async () => {
      const lock = new DistributedLock(redis, 'a');
      const late = await lock.acquire();
      await lock.forceRelease();
      const lease = await lock.acquire();
      await value.set('successor', lease.token);
      await fencedBy(value.set('late', late.token));
      expect(await value.get()).to.equal('successor');
      await value.set('successor again', lease.token);
      await lease.release();
      await rejectionOf(late.release());
    });

    it('of many at once leaves that of the newest token', async () => {
      const tokens = Array.from({ length: 30 }, (_, i) => ((i * 7) % 30) + 1);
      await Promise.allSettled(tokens.map((token) => value.set(token, token)));
      expect(await value.get()).to.equal(30);
    });

    it('leaves values of other names alone', async () => {
      const other = new FencedValue(redis, 'a}', { ttlSeconds: 60 });
      await other.set('other', 9);
      await value.set('mine', 1);
      expect([await value.get(), await other.get()]).to.deep.equal(['mine', 'other']);
    });
  });

  describe('a deletion', () => {
    it('removes the value and keeps the token', async () => {
      await value.set('x', 5);
      await value.delete(6);
      expect(await value.get()).to.equal(undefined);
      await fencedBy(value.set('late', 5));
      await value.set('y', 6);
      expect(await value.get()).to.equal('y');
    });

    it('of what is not there keeps the token, too', async () => {
      await value.delete(5);
      await fencedBy(value.set('late', 4));
      expect(await value.get()).to.equal(undefined);
    });
  });

  describe('the end of its time', () => {
    it('is the end of its memory, also after a deletion', async () => {
      const short = newValue({ ttlSeconds: 0.3 });
      for (const write of [() => short.set('x', 5), () => short.delete(5)]) {
        await write();
        await eventually(async () => (await redis.exists(key)) === 0);
        expect(await short.get()).to.equal(undefined);
        await short.set('older', 4);
        await eventually(async () => (await redis.exists(key)) === 0);
      }
    });

    it('is set anew by each write, and no key stays without one', async () => {
      await newValue({ ttlSeconds: 5 }).set('x', 1);
      expect(await redis.pttl(key)).to.be.within(1, 5000);
      await value.set('x', 1);
      expect(await redis.pttl(key)).to.be.within(50_000, 60_000);
      await newValue({ ttlSeconds: 5 }).delete(1);
      const keys = await redis.keys(`${engine.namespace()}:*`);
      expect(keys).to.have.members([key, `${key}:receipts`]);
      for (const each of keys) expect(await redis.pttl(each), each).to.be.within(1, 60_000);
      expect(await redis.pttl(key)).to.be.at.most(5000);
    });
  });

  describe('what is not its own', () => {
    it('is neither read nor overwritten: another type, another hash', async () => {
      for (const store of [
        () => redis.set(key, 'plain', 'EX', 60),
        () => redis.hset(key, 'text', 'plain'),
        () => redis.hset(key, 'token', 'none'),
      ]) {
        await redis.del(key);
        await store();
        const before = await contents();
        for (const attempt of [value.get(), value.set('x', 1), value.delete(1)]) {
          await unreadableFor(attempt);
        }
        expect(await contents()).to.deep.equal(before);
      }
    });

    it('is what another codec wrote: it can be deleted, not overwritten', async () => {
      const reversed = { ...createCodec(), id: 'other' };
      await newValue({ codec: reversed }).set('x', 1);
      await unreadableFor(value.get());
      await unreadableFor(value.set('y', 2));
      expect(await newValue({ codec: reversed }).get()).to.equal('x');
      await value.delete(2);
      await value.set('y', 2);
      expect(await value.get()).to.equal('y');
    });

    it('is a text that its codec can’t read', async () => {
      await value.set('x', 1);
      await redis.hset(key, 'text', 'devalue1:[');
      await unreadableFor(value.get());
    });

    async function contents(): Promise<unknown> {
      return (await redis.type(key)) === 'hash' ? redis.hgetall(key) : redis.get(key);
    }
  });

  describe('what can’t be', () => {
    it('as a token is refused before anything is sent', async () => {
      for (const token of [0, -1, 1.5, Number.NaN, 2 ** 53, '7', 7n, null, undefined]) {
        for (const attempt of [value.set('x', token as number), value.delete(token as number)]) {
          const error = await rejectionOf(attempt);
          expect(isQxCacheSettingsError(error), String(token)).to.equal(true);
          expect(error.message).to.include('token');
        }
      }
      expect(await redis.exists(key)).to.equal(0);
    });

    it('as a value is refused, and leaves the old one', async () => {
      await value.set('x', 1);
      const error = await rejectionOf(value.set({ f: () => 1 }, 2));
      expect(isCacheSerializationError(error) && error.path).to.equal('.f');
      await value.set('y', 1);
      expect(await value.get()).to.equal('y');
    });

    it('as an option is refused when it is made: there is no value without an end', () => {
      for (const [options, named] of [
        [undefined, 'ttlSeconds'],
        [{}, 'ttlSeconds'],
        [{ ttlSeconds: 0 }, 'ttlSeconds'],
        [{ ttlSeconds: Number.POSITIVE_INFINITY }, 'ttlSeconds'],
        [{ ttlSeconds: 1, namespace: 'a{b' }, 'namespace'],
        [{ ttlSeconds: 1, codec: {} }, 'codec'],
        [{ ttlSeconds: 1, ttl: 1 }, 'ttl'],
      ] as const) {
        const error = thrownBy(() => new FencedValue(redis, 'a', options as FencedValueOptions));
        expect(isQxCacheSettingsError(error), JSON.stringify(options)).to.equal(true);
        expect(error.message).to.include(named);
      }
      const unnamed = thrownBy(() => new FencedValue(redis, '', { ttlSeconds: 1 }));
      expect(isQxCacheSettingsError(unnamed)).to.equal(true);
    });
  });
});

onRealRedis('FencedValue when the network fails', (engine) => {
  let proxy: FaultProxy;
  let faulty: FencedValue<string>;
  let direct: FencedValue<string>;

  beforeEach(async () => {
    proxy = await startFaultProxy({ target: engine.url() });
    const client = await engine.connect({ url: proxy.url, commandTimeoutSeconds: 5 });
    faulty = new FencedValue<string>(client, 'a', { ttlSeconds: 60 });
    direct = new FencedValue<string>(await engine.connect(), 'a', { ttlSeconds: 60 });
  });

  afterEach(() => proxy.close());

  it('answers a write that was sent twice as the first time', async () => {
    const lost = proxy.loseReply(callsOf(fencedSetScript));
    const writing = faulty.set('x', 5);
    await lost;
    await writing;
    expect(await direct.get()).to.equal('x');
  });

  for (const [what, script, write] of [
    ['write', fencedSetScript, () => faulty.set('x', 5)],
    ['deletion', fencedDeleteScript, () => faulty.delete(5)],
  ] as const) {
    for (const [whose, token] of [
      ['the same owner', 5],
      ['a newer owner', 6],
    ] as const) {
      it(`neither refuses nor repeats a ${what} sent twice when ${whose} wrote meanwhile`, async () => {
        const lost = proxy.loseReply(callsOf(script));
        const writing = write();
        await lost;
        // What is sent again does not arrive before the other write is done.
        proxy.blackhole();
        await direct.set('later', token);
        proxy.heal();
        await writing;
        expect(await direct.get()).to.equal('later');
        expect(proxy.counts.lostReplies).to.equal(1);
      });
    }
  }

  it('fails in time when Redis does not answer', async () => {
    const client = await engine.connect({ url: proxy.url, commandTimeoutSeconds: 0.5 });
    faulty = new FencedValue<string>(client, 'a', { ttlSeconds: 60 });
    proxy.blackhole();
    for (const attempt of [faulty.get(), faulty.set('x', 1), faulty.delete(1)]) {
      expect(isCacheUnavailableError(await rejectionOf(attempt))).to.equal(true);
    }
  });
});
