import { hostname } from 'node:os';
import { expect } from 'chai';
import type { LockEvent } from '../../src/diagnostics/index.js';
import {
  isLockNotHeldError,
  isLockTimeoutError,
  type LockNotHeldError,
} from '../../src/errors/index.js';
import { type Lease, Semaphore, type SemaphoreOptions } from '../../src/lock/index.js';
import { type Engine, onEachRedis } from '../support/engines.js';
import { eventually } from '../support/eventually.js';
import { gate } from '../support/gate.js';
import { recordEvents } from '../support/recorded-events.js';
import { rejectionOf } from '../support/rejection.js';

type Client = Awaited<ReturnType<Engine['connect']>>;

const reasonOf = (error: unknown) => (error as LockNotHeldError).reason;

onEachRedis('Semaphore', (engine) => {
  const events = recordEvents<LockEvent>('qx-cache:lock');
  let redis: Client;

  beforeEach(async () => {
    redis = await engine.connect();
  });

  const newSemaphore = (options: Partial<SemaphoreOptions> = {}, client = redis) =>
    new Semaphore(client, 'a', { permits: 2, waitSeconds: 20, ...options });
  const acquireAll = (semaphore: Semaphore, count: number) =>
    Promise.all(Array.from({ length: count }, () => semaphore.acquire()));
  const releaseAll = (leases: readonly Lease[]) =>
    Promise.all(leases.map((lease) => lease.release()));
  const told = ({ token }: Lease) =>
    events.filter((event) => 'token' in event && event.token === token).map(({ event }) => event);

  describe('lets in', () => {
    it('as many as there are permits, and the next one when a permit is released', async () => {
      const semaphore = newSemaphore({ permits: 3 });
      const [first, ...others] = await acquireAll(semaphore, 3);
      expect(await semaphore.tryAcquire()).to.equal(undefined);
      const next = semaphore.acquire();
      await eventually(async () => (await semaphore.inspect()).waiters === 1);
      await first?.release();
      await releaseAll([await next, ...others]);
      expect((await semaphore.inspect()).holders).to.deep.equal([]);
    });

    it('never more at once, through any number of clients', async () => {
      const clients = await Promise.all([1, 2, 3].map(() => engine.connect()));
      let inside = 0;
      let most = 0;
      const work = async () => {
        inside += 1;
        most = Math.max(most, inside);
        await new Promise((resolve) => setImmediate(resolve));
        inside -= 1;
      };
      const runs = Array.from({ length: 60 }, (_, i) =>
        newSemaphore({ permits: 4 }, clients[i % 3]).run(work),
      );
      await Promise.all(runs);
      expect(most).to.equal(4);
    });

    it('one at a time when there is one permit', async () => {
      const semaphore = newSemaphore({ permits: 1 });
      const lease = await semaphore.acquire();
      expect(await semaphore.tryAcquire()).to.equal(undefined);
      await lease.release();
      await releaseAll(await acquireAll(semaphore, 1));
    });

    it('whoever fits the number that it was made with', async () => {
      const [few, many] = [newSemaphore({ permits: 1 }), newSemaphore({ permits: 2 })];
      const lease = await few.acquire();
      expect(await few.tryAcquire()).to.equal(undefined);
      const second = await many.tryAcquire();
      expect(second?.isHeld).to.equal(true);
      await releaseAll([lease, second as Lease]);
    });
  });

  describe('gives a lease for each permit', () => {
    it('with a token of its own that is higher than all before', async () => {
      const semaphore = newSemaphore({ permits: 5 });
      const tokens: number[] = [];
      for (let round = 0; round < 3; round++) {
        const leases = await acquireAll(semaphore, 5);
        tokens.push(...leases.map(({ token }) => token));
        if (round === 0) await releaseAll(leases);
        else await semaphore.forceRelease();
        if (round === 1) await redis.del(...(await redis.keys(`${engine.namespace()}:lock:*`)));
      }
      expect(tokens).to.deep.equal([...new Set(tokens)].sort((a, b) => a - b));
      expect(tokens.every(Number.isSafeInteger)).to.equal(true);
    });

    it('which ends alone when its holder does not renew it', async () => {
      const [kept, dead] = [
        await newSemaphore({ ttlSeconds: 0.6 }).acquire(),
        await newSemaphore({ ttlSeconds: 0.6, renew: false }).acquire(),
      ];
      const { signal } = dead;
      const next = await newSemaphore().acquire();
      expect(signal.aborted).to.equal(true);
      expect(reasonOf(signal.reason)).to.equal('expired');
      expect(dead.isHeld).to.equal(false);
      expect(kept.isHeld).to.equal(true);
      for (const attempt of [() => dead.renew(), () => dead.release()]) {
        expect(reasonOf(await rejectionOf(attempt()))).to.equal('expired');
      }
      expect(kept.signal.aborted).to.equal(false);
      await releaseAll([kept, next]);
    });

    it('which goes on while it is renewed, however long', async () => {
      const lease = await newSemaphore({ permits: 1, ttlSeconds: 0.5 }).acquire();
      await eventually(() => told(lease).filter((event) => event === 'renewed').length >= 4);
      expect(lease.isHeld).to.equal(true);
      expect(await newSemaphore({ permits: 1 }).tryAcquire()).to.equal(undefined);
      await lease.release();
    });

    it('which can be released and renewed by its holder only, and once', async () => {
      const semaphore = newSemaphore();
      const [one, two] = (await acquireAll(semaphore, 2)) as [Lease, Lease];
      await one.release();
      for (const attempt of [one.release(), one.renew()]) {
        const error = await rejectionOf(attempt);
        expect(isLockNotHeldError(error)).to.equal(true);
        expect(reasonOf(error)).to.equal('released');
      }
      const tokens = (await semaphore.inspect()).holders.map(({ token }) => token);
      expect(tokens).to.deep.equal([two.token]);
      await two.renew(60);
      const [holder] = (await semaphore.inspect()).holders;
      expect(holder?.expiresInSeconds).to.be.greaterThan(30);
      await two.release();
    });

    it('which is released when its block is left', async () => {
      {
        await using lease = await newSemaphore().acquire();
        expect(lease.isHeld).to.equal(true);
      }
      expect((await newSemaphore().inspect()).holders).to.deep.equal([]);
    });

    it('which is lost when the permits are taken by force', async () => {
      const semaphore = newSemaphore({ ttlSeconds: 0.6 });
      const leases = await acquireAll(semaphore, 2);
      const next = [semaphore.acquire(), semaphore.acquire()];
      await eventually(async () => (await semaphore.inspect()).waiters === 2);
      expect(await semaphore.forceRelease()).to.equal(true);
      const after = await Promise.all(next);
      for (const lease of leases) {
        await eventually(() => lease.signal.aborted);
        expect(reasonOf(lease.signal.reason)).to.equal('taken');
      }
      expect(after.every(({ isHeld }) => isHeld)).to.equal(true);
      await releaseAll(after);
      expect(await semaphore.forceRelease()).to.equal(false);
    });
  });

  describe('runs work', () => {
    it('under a permit, which comes back when the work throws', async () => {
      const semaphore = newSemaphore({ permits: 1 });
      const failure = new Error('work');
      expect(await rejectionOf(semaphore.run(() => Promise.reject(failure)))).to.equal(failure);
      expect(await semaphore.run(async ({ isHeld }) => isHeld)).to.equal(true);
      expect((await semaphore.inspect()).holders).to.deep.equal([]);
    });

    it('side by side on the permits that there are', async () => {
      const semaphore = newSemaphore();
      const [bothIn, one] = [gate(), gate()];
      const first = semaphore.run(async () => {
        one.open();
        await bothIn.opened;
      });
      await one.opened;
      await semaphore.run(async () => bothIn.open());
      await first;
    });
  });

  describe('tells', () => {
    it('who holds a permit and who waits', async () => {
      const semaphore = newSemaphore();
      const state = { name: 'a', permits: 2, holders: [], waiters: 0, queue: [] };
      expect(await semaphore.inspect()).to.deep.equal(state);
      const long = await newSemaphore({ ttlSeconds: 60 }).acquire();
      const short = await newSemaphore({ ttlSeconds: 20 }).acquire();
      const next = [semaphore.acquire(), semaphore.acquire()];
      await eventually(async () => (await semaphore.inspect()).waiters === 2);
      const { holders, queue } = await semaphore.inspect();
      expect(holders.map(({ token }) => token)).to.deep.equal([short.token, long.token]);
      expect(holders[0]?.expiresInSeconds).to.be.within(10, 20);
      expect(holders[1]?.expiresInSeconds).to.be.within(20, 60);
      for (const { owner } of holders) expect(owner).to.include(`${hostname()}-${process.pid}-`);
      expect(queue.map(({ position }) => position)).to.deep.equal([1, 2]);
      for (const { ageSeconds } of queue) expect(ageSeconds).to.be.within(0, 10);
      await releaseAll([long, short]);
      await releaseAll(await Promise.all(next));
    });

    it('its events, as those of a semaphore', async () => {
      const semaphore = newSemaphore({ permits: 1 });
      const lease = await semaphore.acquire();
      const error = await rejectionOf(semaphore.acquire({ waitSeconds: 0.05 }));
      expect(isLockTimeoutError(error)).to.equal(true);
      expect(error).to.include({ lockName: 'a', waitSeconds: 0.05 });
      await lease.renew();
      await lease.release();
      const lost = await semaphore.acquire();
      await semaphore.forceRelease();
      await rejectionOf(lost.release());
      expect(told(lease)).to.deep.equal(['acquired', 'renewed', 'released']);
      expect(told(lost)).to.deep.equal(['acquired', 'lost']);
      const own = events.filter(({ kind }) => kind === 'semaphore');
      expect(own.map(({ event }) => event)).to.include.members(['timed-out', 'forced']);
      for (const event of own) expect(event).to.include({ name: 'a' });
      expect(own.filter((event) => 'token' in event).length).to.be.at.least(5);
    });
  });
});
