import { expect } from 'chai';
import {
  type CacheSerializationError,
  isCacheSerializationError,
  isQxCacheSettingsError,
} from '../../src/errors/index.js';
import {
  DistributedLock,
  type Lease,
  type LockOptions,
  ReadWriteLock,
  Semaphore,
  type SemaphoreOptions,
} from '../../src/lock/index.js';
import { type Engine, onEachRedis } from '../support/engines.js';
import { eventually } from '../support/eventually.js';
import { expectExpiries } from '../support/expiry.js';
import { rejectionOf, thrownBy } from '../support/rejection.js';

type Client = Awaited<ReturnType<Engine['connect']>>;

const DAY_MS = 86_400_000;

onEachRedis('Semaphore and ReadWriteLock', (engine) => {
  let redis: Client;

  beforeEach(async () => {
    redis = await engine.connect();
  });

  const prefix = () => `${engine.namespace()}:lock:{a}`;
  const semaphore = (options: Partial<SemaphoreOptions> = {}) =>
    new Semaphore(redis, 'a', { permits: 2, ...options });
  const readWrite = (options?: LockOptions) => new ReadWriteLock(redis, 'a', options);

  describe('keys', () => {
    it('have the prefix of the name, and those of each kind are its own', async () => {
      const leases = [
        await new DistributedLock(redis, 'a').acquire(),
        await semaphore({ permits: 1 }).acquire(),
        await readWrite().write(),
      ];
      const waiting = [semaphore({ permits: 1 }).acquire(), readWrite().read()];
      await eventually(async () => (await semaphore({ permits: 1 }).inspect()).waiters === 1);
      await eventually(async () => (await readWrite().inspect()).waiters === 1);
      for (const lease of leases) await lease.release();
      for (const next of waiting) await (await next).release();
      const left = await expectExpiries(redis, engine);
      for (const key of left.keys()) expect(key.startsWith(prefix()), key).to.equal(true);
      expect([...left.keys()]).to.include.members([
        prefix(),
        `${prefix()}:semaphore`,
        `${prefix()}:semaphore:receipts`,
        `${prefix()}:read-write`,
        `${prefix()}:read-write:receipts`,
      ]);
    });

    it('all expire, and not before a lease of days that is beside a short one', async () => {
      const [short, long] = [{ ttlSeconds: 5 }, { ttlSeconds: 3 * 86_400 }];
      const leases = [
        await semaphore(short).acquire(),
        await semaphore(long).acquire(),
        await readWrite(long).read(),
        await readWrite(short).read(),
      ];
      const waiting = rejectionOf(readWrite().write({ waitSeconds: 0.2 }));
      await eventually(async () => (await readWrite().inspect()).waiters === 1);
      const lasting = await expectExpiries(redis, engine);
      for (const key of [':semaphore', ':semaphore:owners', ':read-write', ':read-write:owners']) {
        expect(lasting.get(`${prefix()}${key}`), key).to.be.greaterThan(2 * DAY_MS);
      }
      await waiting;
      for (const lease of leases) await lease.release();
    });

    it('of a long lease go with it, though a short one is still there', async () => {
      const short = await semaphore({ ttlSeconds: 5 }).acquire();
      const long = await semaphore({ ttlSeconds: 3 * 86_400 }).acquire();
      await short.renew(4);
      const state = `${prefix()}:semaphore`;
      for (const key of [state, `${state}:owners`]) {
        expect(await redis.pttl(key)).to.be.greaterThan(2 * DAY_MS);
      }
      await long.release();
      for (const left of (await expectExpiries(redis, engine)).values()) {
        expect(left).to.be.at.most(DAY_MS);
      }
      expect(short.isHeld).to.equal(true);
      await short.release();
    });

    it('of those who wait last no longer than a minute after them', async () => {
      const held = await readWrite().write();
      const waiting = readWrite().read();
      await eventually(async () => (await readWrite().inspect()).waiters === 1);
      const lasting = await expectExpiries(redis, engine);
      for (const part of [':queue', ':alive']) {
        expect(lasting.get(`${prefix()}:read-write${part}`), part).to.be.within(1, 60_000);
      }
      await held.release();
      await (await waiting).release();
    });

    it('go within a day once all is idle, and the token still grows', async () => {
      const leases = [await semaphore().acquire(), await semaphore().acquire()];
      for (const lease of leases) await lease.release();
      for (const left of (await expectExpiries(redis, engine)).values()) {
        expect(left).to.be.within(1, DAY_MS);
      }
      expect(await redis.zcard(`${prefix()}:semaphore:owners`)).to.equal(0);
      const next = await semaphore().acquire();
      expect(next.token).to.be.greaterThan(leases[1]?.token as number);
      await next.release();
    });

    it('have one hash tag, whatever the name', async () => {
      for (const name of ['{x}', '}{', 'a b', '%7B', 'semaphore:2:a', 'ü'.repeat(512)]) {
        const one = new Semaphore(redis, name, { permits: 1 });
        const both = new ReadWriteLock(redis, name);
        const [permit, writer] = [await one.acquire(), await both.write()];
        expect([permit.name, writer.name]).to.deep.equal([name, name]);
        const waiting = [one.acquire(), both.read()];
        await eventually(async () => (await one.inspect()).waiters === 1);
        await eventually(async () => (await both.inspect()).waiters === 1);
        await permit.release();
        await writer.release();
        for (const next of waiting) await (await next).release();
      }
    });

    // ioredis-mock reads a string as an empty hash.
    if (engine.isReal) {
      it('of another type are left alone', async () => {
        const key = `${prefix()}:semaphore`;
        await redis.set(key, 'mine');
        const error = await rejectionOf(semaphore().acquire());
        expect(isCacheSerializationError(error)).to.equal(true);
        expect((error as CacheSerializationError).message).to.include('semaphore "a"');
        expect(await redis.get(key)).to.equal('mine');
      });
    }
  });

  it('are not the lock of the same name, nor each other', async () => {
    const leases: (Lease | undefined)[] = [
      await new DistributedLock(redis, 'a').tryAcquire(),
      await semaphore({ permits: 1 }).tryAcquire(),
      await readWrite().tryWrite(),
      await new Semaphore(redis, 'b', { permits: 1 }).tryAcquire(),
      await semaphore({ permits: 1, namespace: `${engine.namespace()}-b` }).tryAcquire(),
    ];
    for (const lease of leases) {
      expect(lease?.isHeld).to.equal(true);
      await lease?.release();
    }
  });

  describe('options', () => {
    it('of a semaphore are checked when it is made, and named', () => {
      const bad: [unknown, string][] = [
        [{ permits: 0 }, 'permits'],
        [{ permits: -1 }, 'permits'],
        [{ permits: 1.5 }, 'permits'],
        [{ permits: '2' }, 'permits'],
        [{ permits: Number.NaN }, 'permits'],
        [{ permits: Number.POSITIVE_INFINITY }, 'permits'],
        [{}, 'permits'],
        [undefined, 'permits'],
        [{ permits: 1, ttlSeconds: 0 }, 'ttlSeconds'],
        [{ permits: 1, waitSeconds: -1 }, 'waitSeconds'],
        [{ permits: 1, maxHoldSeconds: 0 }, 'maxHoldSeconds'],
        [{ permits: 1, namespace: 'a{b' }, 'namespace'],
        [{ permits: 1, size: 3 }, 'size'],
      ];
      for (const [options, named] of bad) {
        const error = thrownBy(() => new Semaphore(redis, 'a', options as SemaphoreOptions));
        expect(isQxCacheSettingsError(error), JSON.stringify(options)).to.equal(true);
        expect(error.message).to.match(new RegExp(`^Semaphore: .*${named}`));
      }
    });

    it('of a read-write lock are checked when it is made, and named', () => {
      for (const [options, named] of [
        [{ ttlSeconds: 0 }, 'ttlSeconds'],
        [{ renew: 'yes' }, 'renew'],
        [{ permits: 2 }, 'permits'],
      ] as [object, string][]) {
        const error = thrownBy(() => new ReadWriteLock(redis, 'a', options));
        expect(isQxCacheSettingsError(error), JSON.stringify(options)).to.equal(true);
        expect(error.message).to.match(new RegExp(`^ReadWriteLock: .*${named}`));
      }
    });

    it('include a name that is text of 1 to 1024 bytes', () => {
      for (const name of ['', 'x'.repeat(1025), '\ud800', 7, undefined]) {
        for (const [subject, make] of Object.entries({
          Semaphore: () => new Semaphore(redis, name as string, { permits: 1 }),
          ReadWriteLock: () => new ReadWriteLock(redis, name as string),
        })) {
          const error = thrownBy(make);
          expect(isQxCacheSettingsError(error), String(name)).to.equal(true);
          expect(error.message.startsWith(`${subject}: name`)).to.equal(true);
        }
      }
    });

    it('are checked in each call, before anything is sent', async () => {
      const lease = await semaphore().acquire();
      for (const [attempt, subject] of [
        [semaphore().acquire({ waitSeconds: -1 }), 'Semaphore acquire: waitSeconds'],
        [semaphore().run('x' as never), 'Semaphore.run: work'],
        [readWrite().read({ signal: {} as AbortSignal }), 'ReadWriteLock acquire: signal'],
        [readWrite().runWrite(undefined as never), 'ReadWriteLock.run: work'],
        [lease.renew(0), 'Lease renew: ttlSeconds'],
      ] as [Promise<unknown>, string][]) {
        const error = await rejectionOf(attempt);
        expect(isQxCacheSettingsError(error), subject).to.equal(true);
        expect(error.message.startsWith(subject), error.message).to.equal(true);
      }
      expect((await readWrite().inspect()).waiters).to.equal(0);
      await lease.release();
    });
  });
});
