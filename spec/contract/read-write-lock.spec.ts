import { hostname } from 'node:os';
import { expect } from 'chai';
import type { LockEvent } from '../../src/diagnostics/index.js';
import { isLockTimeoutError, type LockNotHeldError } from '../../src/errors/index.js';
import { type Lease, type LockOptions, ReadWriteLock } from '../../src/lock/index.js';
import { type Engine, onEachRedis } from '../support/engines.js';
import { eventually } from '../support/eventually.js';
import { recordEvents } from '../support/recorded-events.js';
import { rejectionOf } from '../support/rejection.js';

type Client = Awaited<ReturnType<Engine['connect']>>;

const reasonOf = (error: unknown) => (error as LockNotHeldError).reason;

onEachRedis('ReadWriteLock', (engine) => {
  const events = recordEvents<LockEvent>('qx-cache:lock');
  let redis: Client;
  let lock: ReadWriteLock;

  beforeEach(async () => {
    redis = await engine.connect();
    lock = newLock();
  });

  const newLock = (options: LockOptions = {}) =>
    new ReadWriteLock(redis, 'a', { waitSeconds: 20, ...options });
  const waiters = (count: number) =>
    eventually(async () => (await lock.inspect()).waiters === count);
  const releaseAll = (leases: readonly Lease[]) =>
    Promise.all(leases.map((lease) => lease.release()));

  describe('lets in', () => {
    it('any number of readers, and no writer beside them', async () => {
      const readers = await Promise.all(Array.from({ length: 20 }, () => lock.read()));
      expect(await lock.tryWrite()).to.equal(undefined);
      expect((await lock.inspect()).readers.length).to.equal(20);
      const writing = lock.write();
      await waiters(1);
      await releaseAll(readers);
      await (await writing).release();
    });

    it('one writer, and nobody beside it', async () => {
      const writer = await lock.write();
      expect([await lock.tryWrite(), await lock.tryRead()]).to.deep.equal([undefined, undefined]);
      await writer.release();
      const [reader, another] = [await lock.tryRead(), await lock.tryRead()];
      expect(await lock.tryWrite()).to.equal(undefined);
      await releaseAll([reader as Lease, another as Lease]);
      await (await lock.tryWrite())?.release();
      expect(await lock.inspect()).to.include({ waiters: 0 });
    });

    it('never a writer beside anybody, through any number of clients', async () => {
      const locks = await Promise.all(
        [1, 2, 3].map(
          async () => new ReadWriteLock(await engine.connect(), 'a', { waitSeconds: 20 }),
        ),
      );
      const inside = { readers: 0, writers: 0 };
      const seen = new Set<string>();
      const work = (what: keyof typeof inside) => async () => {
        inside[what] += 1;
        seen.add(`${inside.writers} ${inside.readers > 0}`);
        await new Promise((resolve) => setImmediate(resolve));
        inside[what] -= 1;
      };
      const runs = Array.from({ length: 45 }, (_, i) => {
        const of = locks[i % 3] as ReadWriteLock;
        return i % 4 === 0 ? of.runWrite(work('writers')) : of.runRead(work('readers'));
      });
      await Promise.all(runs);
      expect([...seen].sort()).to.deep.equal(['0 true', '1 false']);
    });
  });

  describe('has one queue', () => {
    it("in which readers wait behind a writer that asked before them, so they don't starve it", async () => {
      let isWriterIn = false;
      let served = 0;
      const first = await lock.read();
      const writing = lock.write().then(async (lease) => {
        isWriterIn = true;
        await lease.release();
      });
      await waiters(1);
      const stream = Array.from({ length: 10 }, async () => {
        const lease = await lock.read();
        expect(isWriterIn).to.equal(true);
        served += 1;
        await lease.release();
      });
      await waiters(11);
      expect(await lock.tryRead()).to.equal(undefined);
      await first.release();
      await Promise.all([writing, ...stream]);
      expect(served).to.equal(10);
    });

    it('in which readers that are next to each other get in together, in their turn', async () => {
      const held = await lock.write();
      const order: string[] = [];
      const enqueue = async (name: string, acquire: () => Promise<Lease>, position: number) => {
        const acquiring = acquire().then((lease) => {
          order.push(name);
          return lease;
        });
        await waiters(position);
        return () => acquiring;
      };
      const read = () => lock.read();
      const [r1, r2] = [await enqueue('r1', read, 1), await enqueue('r2', read, 2)];
      const w1 = await enqueue('w1', () => lock.write(), 3);
      const [r3, r4] = [await enqueue('r3', read, 4), await enqueue('r4', read, 5)];
      await held.release();
      const together = await Promise.all([r1(), r2()]);
      expect((await lock.inspect()).readers.length).to.equal(2);
      expect(order.sort()).to.deep.equal(['r1', 'r2']);
      await releaseAll(together);
      const writer = await w1();
      expect(order.length).to.equal(3);
      await writer.release();
      await releaseAll(await Promise.all([r3(), r4()]));
      expect(order.length).to.equal(5);
    });

    it('in which readers get in at once behind a writer that is aborted', async () => {
      const reader = await lock.read();
      const controller = new AbortController();
      const writing = rejectionOf(lock.write({ signal: controller.signal }));
      await waiters(1);
      const behind = [lock.read(), lock.read()];
      await waiters(3);
      controller.abort();
      expect((await writing).name).to.equal('AbortError');
      const readers = await Promise.all(behind);
      expect(reader.isHeld).to.equal(true);
      await releaseAll([reader, ...readers]);
    });

    it('in which readers get in at once behind a writer whose time is over', async () => {
      const reader = await lock.read();
      const writing = rejectionOf(lock.write({ waitSeconds: 0.2 }));
      await waiters(1);
      const behind = [lock.read(), lock.read()];
      expect(isLockTimeoutError(await writing)).to.equal(true);
      const readers = await Promise.all(behind);
      expect(reader.isHeld).to.equal(true);
      await releaseAll([reader, ...readers]);
    });

    it('that nobody overtakes who does not wait', async () => {
      const reader = await lock.read();
      const writing = lock.write();
      await waiters(1);
      expect(await lock.tryRead()).to.equal(undefined);
      const impatient = await rejectionOf(lock.read({ waitSeconds: 0 }));
      expect(isLockTimeoutError(impatient)).to.equal(true);
      const releasing = reader.release();
      const barging = await Promise.all([lock.tryRead(), lock.tryWrite()]);
      await releasing;
      expect(barging).to.deep.equal([undefined, undefined]);
      await (await writing).release();
    });

    it('that goes on when its keys are deleted', async () => {
      const held = await lock.write();
      const [reading, writing] = [lock.read(), lock.write()];
      await waiters(2);
      await redis.del(...(await redis.keys(`${engine.namespace()}:lock:*`)));
      await (await reading).release();
      await (await writing).release();
      await rejectionOf(held.release());
    });
  });

  describe('gives a lease', () => {
    it('with a token that is higher than all before, whoever reads or writes', async () => {
      const tokens: number[] = [];
      for (let round = 0; round < 2; round++) {
        const readers = [await lock.read(), await lock.read()];
        await releaseAll(readers);
        const writer = await lock.write();
        tokens.push(...readers.map(({ token }) => token), writer.token);
        await writer.release();
        await redis.del(...(await redis.keys(`${engine.namespace()}:lock:*`)));
      }
      expect(tokens).to.deep.equal([...new Set(tokens)].sort((a, b) => a - b));
    });

    it('that ends alone when a reader does not renew it; then a writer may get in', async () => {
      const kept = await newLock({ ttlSeconds: 0.6 }).read();
      const dead = await newLock({ ttlSeconds: 0.6, renew: false }).read();
      await eventually(() => dead.signal.aborted);
      expect(reasonOf(dead.signal.reason)).to.equal('expired');
      expect(reasonOf(await rejectionOf(dead.release()))).to.equal('expired');
      expect(kept.isHeld).to.equal(true);
      const writing = lock.write();
      await waiters(1);
      await kept.release();
      await (await writing).release();
    });

    it('that aborts for a writer before the next one gets in', async () => {
      const dead = await newLock({ ttlSeconds: 0.5, renew: false }).write();
      const { signal } = dead;
      const reader = await lock.read();
      expect(signal.aborted).to.equal(true);
      expect(dead.isHeld).to.equal(false);
      await reader.release();
    });

    it('that is lost when it is taken by force, which lets the next one in', async () => {
      const readers = [await newLock({ ttlSeconds: 0.6 }).read(), await lock.read()];
      const writing = lock.write();
      await waiters(1);
      expect(await lock.forceRelease()).to.equal(true);
      const writer = await writing;
      await eventually(() => readers[0]?.signal.aborted);
      for (const lease of readers) {
        expect(reasonOf(await rejectionOf(lease.release()))).to.equal('taken');
      }
      await writer.release();
      expect(await lock.forceRelease()).to.equal(false);
    });

    it('that is released once', async () => {
      for (const lease of [await lock.read(), await lock.read()]) {
        await lease.release();
        expect(reasonOf(await rejectionOf(lease.release()))).to.equal('released');
        expect(reasonOf(await rejectionOf(lease.renew()))).to.equal('released');
      }
      const writer = await lock.write();
      await writer.renew(60);
      expect((await lock.inspect()).writer?.expiresInSeconds).to.be.greaterThan(30);
      await writer.release();
    });
  });

  describe('tells', () => {
    it('who reads, who writes and who waits for what', async () => {
      const state = { name: 'a', readers: [], waiters: 0, queue: [] };
      expect(await lock.inspect()).to.deep.equal(state);
      const reader = await lock.read();
      const [writing, reading] = [lock.write(), lock.read()];
      await waiters(2);
      const { readers, writer, queue } = await lock.inspect();
      expect(readers.map(({ token }) => token)).to.deep.equal([reader.token]);
      expect(readers[0]?.owner).to.include(`${hostname()}-${process.pid}-`);
      expect(readers[0]?.expiresInSeconds).to.be.within(0, 30);
      expect(writer).to.equal(undefined);
      expect(queue.map(({ position, wants }) => [position, wants])).to.deep.equal([
        [1, 'write'],
        [2, 'read'],
      ]);
      for (const { ageSeconds } of queue) expect(ageSeconds).to.be.within(0, 10);
      await reader.release();
      const lease = await writing;
      const later = await lock.inspect();
      expect(later.readers).to.deep.equal([]);
      expect(later.writer).to.include({ token: lease.token });
      await lease.release();
      await (await reading).release();
    });

    it('its events, as those of a reader or of a writer', async () => {
      const reader = await lock.read();
      await rejectionOf(lock.write({ waitSeconds: 0.05 }));
      await reader.release();
      const writer = await lock.write();
      await writer.renew();
      await rejectionOf(lock.read({ waitSeconds: 0 }));
      await writer.release();
      const own = events.filter(({ name, kind }) => name === 'a' && kind !== undefined);
      const ofThese = own.filter(
        (event) => !('token' in event) || [reader.token, writer.token].includes(event.token),
      );
      expect(ofThese.map(({ kind, event }) => `${kind} ${event}`)).to.deep.equal([
        'read acquired',
        'write timed-out',
        'read released',
        'write acquired',
        'write renewed',
        'read timed-out',
        'write released',
      ]);
    });
  });

  describe('runs work', () => {
    it('as a reader or as a writer, and releases', async () => {
      expect(await lock.runRead(async () => (await lock.inspect()).readers.length)).to.equal(1);
      const writes = async ({ token }: Lease) => (await lock.inspect()).writer?.token === token;
      expect(await lock.runWrite(writes)).to.equal(true);
      const failure = new Error('work');
      expect(await rejectionOf(lock.runWrite(() => Promise.reject(failure)))).to.equal(failure);
      expect(await lock.inspect()).to.deep.include({ readers: [], waiters: 0 });
    });
  });
});
