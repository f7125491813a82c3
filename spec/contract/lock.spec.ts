import { hostname } from 'node:os';
import { expect } from 'chai';
import type { LockEvent } from '../../src/diagnostics/index.js';
import {
  isCacheSerializationError,
  isLockNotHeldError,
  isLockTimeoutError,
  type LockNotHeldError,
} from '../../src/errors/index.js';
import { DistributedLock, type Lease, type LockOptions } from '../../src/lock/index.js';
import type { RedisClient } from '../../src/redis/redis-client.js';
import { type Engine, onEachRedis } from '../support/engines.js';
import { eventually } from '../support/eventually.js';
import { recordEvents } from '../support/recorded-events.js';
import { rejectionOf } from '../support/rejection.js';

type Client = Awaited<ReturnType<Engine['connect']>>;

const reasonOf = (error: unknown) => (error as LockNotHeldError).reason;
const aborted = (signal: AbortSignal) =>
  eventually(() => signal.aborted, { withinSeconds: 20 }).then(() => signal.reason);

onEachRedis('DistributedLock', (engine) => {
  const allEvents = recordEvents<LockEvent>('qx-cache:lock');
  let redis: Client;
  let events: () => LockEvent[];

  beforeEach(async () => {
    redis = await engine.connect();
    // A lease of an earlier test may end only now.
    const tokens = new Set<number>();
    events = () => {
      for (const event of allEvents) if (event.event === 'acquired') tokens.add(event.token);
      return allEvents.filter((event) => !('token' in event) || tokens.has(event.token));
    };
  });

  const newLock = (options?: LockOptions, client: RedisClient = redis) =>
    new DistributedLock(client, 'a', options);
  const kinds = () => events().map(({ event }) => event);

  describe('1: a lease', () => {
    it('is released when its block is left', async () => {
      {
        await using lease = await newLock().acquire();
        expect(lease.isHeld).to.equal(true);
        expect((await newLock().inspect()).held).to.equal(true);
      }
      expect((await newLock().inspect()).held).to.equal(false);
      expect(kinds()).to.deep.equal(['acquired', 'released']);
    });

    it('makes the block throw when it was lost meanwhile', async () => {
      const block = async () => {
        await using lease = await newLock().acquire();
        await newLock().forceRelease();
        return lease;
      };
      expect(reasonOf(await rejectionOf(block()))).to.equal('taken');
      expect(kinds()).to.deep.equal(['acquired', 'forced', 'lost']);
    });

    it('can be released in its block', async () => {
      await using lease = await newLock().acquire();
      await lease.release();
    });

    it('that was released before can be neither released nor renewed', async () => {
      const lease = await newLock().acquire();
      await lease.release();
      expect(lease.isHeld).to.equal(false);
      for (const attempt of [lease.release(), lease.renew(), lease.renew(5)]) {
        const error = await rejectionOf(attempt);
        expect(isLockNotHeldError(error)).to.equal(true);
        expect(reasonOf(error)).to.equal('released');
      }
      expect(lease.signal.aborted).to.equal(false);
    });

    it('that expired can be neither released nor renewed, though nobody took the lock', async () => {
      const lease = await newLock({ ttlSeconds: 0.4, renew: false }).acquire();
      await eventually(() => !lease.isHeld);
      for (const attempt of [lease.release(), lease.renew(), lease.release()]) {
        expect(reasonOf(await rejectionOf(attempt))).to.equal('expired');
      }
    });

    it('that expired can be neither released nor renewed when another owner has the lock', async () => {
      const lease = await newLock({ ttlSeconds: 0.4, renew: false }).acquire();
      const other = await newLock().acquire();
      for (const attempt of [lease.release(), lease.renew()]) {
        expect(reasonOf(await rejectionOf(attempt))).to.equal('expired');
      }
      expect(other.isHeld).to.equal(true);
      await other.release();
    });

    it('that was taken away can be neither released nor renewed', async () => {
      const [one, two] = [await newLock().acquire(), newLock().acquire()];
      await newLock().forceRelease();
      const next = await two;
      for (const attempt of [() => one.renew(), () => one.release()]) {
        expect(reasonOf(await rejectionOf(attempt()))).to.equal('taken');
      }
      await next.release();
    });
  });

  describe('2: only the holder', () => {
    it('has an owner id of its own in each acquisition, also of one lock object', async () => {
      const lock = newLock();
      const one = await lock.acquire();
      expect(await lock.tryAcquire()).to.equal(undefined);
      await one.release();
      const two = await lock.acquire();
      await rejectionOf(one.release());
      expect((await lock.inspect()).token).to.equal(two.token);
      await two.release();
    });

    it('gives the result of the work, and releases', async () => {
      expect(await newLock().run(async (lease) => lease.isHeld)).to.equal(true);
      expect((await newLock().inspect()).held).to.equal(false);
    });

    it('gives the result of the work though the lease was lost, and says so', async () => {
      const work = async () => {
        await newLock().forceRelease();
        return 'done';
      };
      expect(await newLock().run(work)).to.equal('done');
      expect(kinds()).to.deep.equal(['acquired', 'forced', 'lost']);
    });

    it('throws the error of the work, which carries that of the release', async () => {
      const root = new Error('root');
      const failure = new Error('work', { cause: root });
      const work = async () => {
        await newLock().forceRelease();
        throw failure;
      };
      expect(await rejectionOf(newLock().run(work))).to.equal(failure);
      expect(failure.cause).to.equal(root);
      expect(isLockNotHeldError(root.cause)).to.equal(true);
    });

    it('releases when the work throws', async () => {
      const failure = new Error('work');
      const work = () => Promise.reject(failure);
      expect(await rejectionOf(newLock().run(work))).to.equal(failure);
      expect(failure.cause).to.equal(undefined);
      expect((await newLock().inspect()).held).to.equal(false);
    });

    it('takes it that the work released', async () => {
      expect(await newLock().run((lease) => lease.release().then(() => 1))).to.equal(1);
      expect(kinds()).to.deep.equal(['acquired', 'released']);
    });
  });

  describe('4: the token', () => {
    it('grows with every acquisition, whatever ended the one before, and is a safe integer', async () => {
      const keys = () => redis.keys(`${engine.namespace()}:lock:*`);
      const ends: Record<string, (lease: Lease) => Promise<unknown>> = {
        release: (lease) => lease.release(),
        expiry: (lease) => eventually(() => !lease.isHeld),
        force: () => newLock().forceRelease(),
        del: async () => redis.del(...(await keys())),
        // On a shared server the other data is none of this test's business.
        flush: async () => (engine.isReal ? redis.del(...(await keys())) : redis.flushall()),
      };
      const tokens: number[] = [];
      for (const [name, end] of [...Object.entries(ends), ...Object.entries(ends)]) {
        const options = name === 'expiry' ? { ttlSeconds: 0.4, renew: false } : {};
        const lease = await newLock(options).acquire();
        tokens.push(lease.token);
        await end(lease);
        await rejectionOf(lease.release());
      }
      expect(tokens).to.deep.equal([...tokens].sort((a, b) => a - b));
      expect(new Set(tokens).size).to.equal(tokens.length);
      expect(tokens.every(Number.isSafeInteger)).to.equal(true);
    });
  });

  describe('5: the life of a lease', () => {
    it('goes on while its process renews it', async () => {
      const lease = await newLock({ ttlSeconds: 0.6 }).acquire();
      await eventually(() => events().filter(({ event }) => event === 'renewed').length >= 3);
      expect(lease.isHeld).to.equal(true);
      expect(await newLock().tryAcquire()).to.equal(undefined);
      await lease.release();
      const told = events().length;
      expect(kinds().at(-1)).to.equal('released');
      await eventually(async () => (await newLock().inspect()).held === false);
      expect(events().length).to.equal(told);
    });

    it('ends by itself without renewal: the signal aborts before another owner gets the lock', async () => {
      const lease = await newLock({ ttlSeconds: 0.4, renew: false }).acquire();
      const { signal } = lease;
      let wasAborted: boolean | undefined;
      const other = newLock().acquire();
      await other.then(() => {
        wasAborted = signal.aborted;
      });
      expect(wasAborted).to.equal(true);
      expect(lease.isHeld).to.equal(false);
      expect(reasonOf(signal.reason)).to.equal('expired');
      await (await other).release();
    });

    it('ends with the signal aborted when a renewal is refused', async () => {
      const lease = await newLock({ ttlSeconds: 0.6 }).acquire();
      await newLock().forceRelease();
      expect(reasonOf(await aborted(lease.signal))).to.equal('taken');
      expect(lease.isHeld).to.equal(false);
    });

    it('has an aborted signal also for those who ask late', async () => {
      const lease = await newLock({ ttlSeconds: 0.4, renew: false }).acquire();
      await eventually(() => events().some(({ event }) => event === 'lost'));
      expect(lease.signal.aborted).to.equal(true);
      expect(isLockNotHeldError(lease.signal.reason)).to.equal(true);
    });

    it('lasts as long as a renewal by hand says, also later ones', async () => {
      const lease = await newLock({ ttlSeconds: 0.5 }).acquire();
      await lease.renew(60);
      expect((await newLock().inspect()).expiresInSeconds).to.be.greaterThan(30);
      await lease.renew();
      expect((await newLock().inspect()).expiresInSeconds).to.be.greaterThan(30);
      await lease.renew(0.9);
      expect((await newLock().inspect()).expiresInSeconds).to.be.lessThan(1);
      await lease.release();
      expect(events().filter(({ event }) => event === 'renewed')).to.have.length.at.least(3);
    });

    it('ends after maxHoldSeconds, however it is renewed', async () => {
      const lease = await newLock({ ttlSeconds: 0.6, maxHoldSeconds: 1.4 }).acquire();
      expect(reasonOf(await aborted(lease.signal))).to.equal('expired');
      expect(kinds()).to.include('renewed');
      const short = await newLock({ ttlSeconds: 60, maxHoldSeconds: 0.4 }).acquire();
      await aborted(short.signal);
    });
  });

  describe('6: keys', () => {
    it('have the prefix, and live no longer than a day once the lock is idle', async () => {
      const held = await newLock({ ttlSeconds: 300_000 }).acquire();
      const waiting = newLock().acquire();
      await eventually(async () => (await newLock().inspect()).waiters === 1);
      await held.release();
      await (await waiting).release();
      const keys = await redis.keys(`*${engine.namespace()}*`);
      expect(keys.length).to.be.greaterThan(0);
      for (const key of keys) {
        expect(key.startsWith(`${engine.namespace()}:lock:{a}`)).to.equal(true);
        expect(await redis.pttl(key)).to.be.within(1, 86_400_000);
      }
    });

    it('have one hash tag, whatever the name', async () => {
      for (const name of ['{x}', '}{', '%7B', 'ü'.repeat(512)]) {
        const lock = new DistributedLock(redis, name);
        await using lease = await lock.acquire();
        expect(lease.name).to.equal(name);
        expect((await lock.inspect()).held).to.equal(true);
      }
    });

    // ioredis-mock reads a string as an empty hash.
    if (engine.isReal) {
      it('of another type are left alone', async () => {
        const key = `${engine.namespace()}:lock:{a}`;
        await redis.set(key, 'mine');
        const error = await rejectionOf(newLock().acquire());
        expect(isCacheSerializationError(error)).to.equal(true);
        expect(error.message).to.include('lock "a"');
        expect(await redis.get(key)).to.equal('mine');
      });
    }
  });

  describe('tells', () => {
    it('how long it waited and how long it was held', async () => {
      const one = await newLock().acquire();
      const two = newLock().acquire();
      await eventually(async () => (await newLock().inspect()).waiters === 1);
      await one.release();
      const lease = await two;
      await lease.release();
      const [, released, acquired] = events();
      expect(released).to.include({ event: 'released', name: 'a', token: one.token });
      expect(acquired).to.include({ event: 'acquired', name: 'a', token: lease.token });
      expect(acquired?.event === 'acquired' && acquired.waitedSeconds).to.be.within(0, 10);
      expect(released?.event === 'released' && released.heldSeconds).to.be.within(0, 10);
    });

    it('who holds it and who waits', async () => {
      expect(await newLock().inspect()).to.deep.equal({
        name: 'a',
        held: false,
        waiters: 0,
        queue: [],
      });
      const one = await newLock().acquire();
      const others = [newLock().acquire(), newLock().acquire()];
      await eventually(async () => (await newLock().inspect()).waiters === 2);
      const state = await newLock().inspect();
      expect(state).to.include({ held: true, token: one.token });
      expect(state.owner).to.include(`${hostname()}-${process.pid}-`);
      expect(state.expiresInSeconds).to.be.within(0, 30);
      expect(state.queue.map(({ position }) => position)).to.deep.equal([1, 2]);
      for (const { ageSeconds } of state.queue) expect(ageSeconds).to.be.within(0, 10);
      await one.release();
      for (const other of others) await (await other).release();
    });

    it('whether there was something to release by force', async () => {
      expect(await newLock().forceRelease()).to.equal(false);
      const lease = await newLock().acquire();
      expect(await newLock().forceRelease()).to.equal(true);
      expect(await newLock().forceRelease()).to.equal(false);
      await rejectionOf(lease.release());
      expect(kinds()).to.deep.equal(['acquired', 'forced', 'lost']);
    });

    it('nothing but a time-out of those who did not get it', async () => {
      const lease = await newLock().acquire();
      const error = await rejectionOf(newLock().acquire({ waitSeconds: 0.05 }));
      expect(isLockTimeoutError(error)).to.equal(true);
      expect(error).to.include({ lockName: 'a', waitSeconds: 0.05 });
      expect(await newLock().tryAcquire()).to.equal(undefined);
      expect(kinds()).to.deep.equal(['acquired', 'timed-out']);
      await lease.release();
    });
  });
});
