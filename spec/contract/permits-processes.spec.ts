import { expect } from 'chai';
import type { Redis } from 'ioredis';
import { type LockOptions, ReadWriteLock, Semaphore } from '../../src/lock/index.js';
import type { FromPermitsWorker, PermitKind, ToPermitsWorker } from '../lock/permits.worker.js';
import { onRealRedis } from '../support/engines.js';
import { eventually } from '../support/eventually.js';
import { startWorker, type Worker } from '../support/worker.js';

type PermitsWorker = Worker<ToPermitsWorker, FromPermitsWorker>;

onRealRedis('Semaphore and ReadWriteLock across processes', (engine) => {
  const workers: PermitsWorker[] = [];
  let redis: Redis;
  let semaphore: Semaphore;
  let shared: ReadWriteLock;

  beforeEach(async () => {
    redis = (await engine.connect()) as Redis;
    semaphore = new Semaphore(redis, 'a', { permits: 2, waitSeconds: 60 });
    shared = new ReadWriteLock(redis, 'a', { waitSeconds: 60 });
  });

  afterEach(async () => {
    for (const worker of workers) worker.kill();
    await Promise.all(workers.splice(0).map(({ exited }) => exited));
  });

  async function start(count: number, options: LockOptions = {}): Promise<PermitsWorker[]> {
    const file = new URL('../lock/permits.worker.ts', import.meta.url);
    const args = [engine.url(), engine.namespace(), JSON.stringify(options)];
    const started = Array.from({ length: count }, () =>
      startWorker<ToPermitsWorker, FromPermitsWorker>(file, args),
    );
    workers.push(...started);
    await Promise.all(started.map((worker) => worker.next()));
    return started;
  }

  const waiting = async () =>
    (await semaphore.inspect()).waiters + (await shared.inspect()).waiters;
  const waiters = (count: number) =>
    eventually(async () => (await waiting()) === count, { withinSeconds: 20 });

  /** Lets it queue, and resolves when it stands there. */
  async function enqueue(worker: PermitsWorker, kind: PermitKind, times = 1): Promise<void> {
    const before = await waiting();
    worker.send({ do: 'acquire', kind, times });
    await waiters(before + times);
  }

  async function tokenOf(worker: PermitsWorker): Promise<number> {
    const message = await worker.next();
    expect(message.is).to.equal('acquired');
    return message.is === 'acquired' ? message.token : 0;
  }

  async function hold(worker: PermitsWorker, kind: PermitKind): Promise<number> {
    worker.send({ do: 'acquire', kind, times: 1 });
    return tokenOf(worker);
  }

  async function letRelease(worker: PermitsWorker): Promise<void> {
    worker.send({ do: 'release' });
    expect(await worker.next()).to.deep.equal({ is: 'released' });
  }

  async function kill(worker: PermitsWorker): Promise<void> {
    worker.kill();
    await worker.exited;
    await forget(worker);
  }

  /** A dead process does not write down that it left. Its lease lasts for a while, so nobody is in yet. */
  async function forget({ process }: PermitsWorker): Promise<void> {
    for (const kind of ['permit', 'read', 'write'] as const) {
      const key = `${engine.namespace()}:inside:${kind}`;
      const entries = (await redis.smembers(key)).filter((id) => id.startsWith(`${process.pid}:`));
      if (entries.length > 0) await redis.srem(key, ...entries);
    }
  }

  /** What a worker found while it went in and out. */
  async function found(worker: PermitsWorker) {
    const message = await worker.next();
    if (message.is !== 'worked') throw new Error(JSON.stringify(message));
    return message;
  }

  async function expectIdle(): Promise<void> {
    await semaphore.run(() => shared.runWrite(async () => {}));
    // Of a process that was killed a lease may be left.
    await eventually(async () => (await semaphore.inspect()).holders.length === 0);
    expect(await semaphore.inspect()).to.deep.include({ holders: [], waiters: 0 });
    expect(await shared.inspect()).to.deep.equal({ name: 'a', readers: [], waiters: 0, queue: [] });
  }

  describe('let in', () => {
    it('at most as many as there are permits, and never fewer for good', async () => {
      await start(4);
      for (const worker of workers) worker.send({ do: 'work', kinds: ['permit'], times: 100 });
      const all = await Promise.all(workers.map(found));
      expect(all.flatMap(({ wrongs }) => wrongs)).to.deep.equal([]);
      expect(Math.max(...all.map(({ most }) => most))).to.equal(2);
      await expectIdle();
    });

    it('readers together, and a writer alone', async () => {
      await start(4);
      for (const worker of workers)
        worker.send({ do: 'work', kinds: ['read', 'read', 'read', 'write'], times: 100 });
      const all = await Promise.all(workers.map(found));
      expect(all.flatMap(({ wrongs }) => wrongs)).to.deep.equal([]);
      expect(Math.max(...all.map(({ most }) => most))).to.be.greaterThan(1);
      await expectIdle();
    });

    it('a writer that came before, however many readers keep coming', async () => {
      const [writer] = (await start(4)) as [PermitsWorker];
      const readers = workers.slice(1);
      for (const reader of readers) reader.send({ do: 'work', kinds: ['read'] });
      for (let turn = 0; turn < 10; turn += 1) {
        await hold(writer, 'write');
        await letRelease(writer);
      }
      for (const reader of readers) reader.send({ do: 'stop' });
      for (const reader of readers) expect((await found(reader)).wrongs).to.deep.equal([]);
    });

    it('callers in the order in which they asked', async () => {
      const [a, b, c] = (await start(3)) as [PermitsWorker, PermitsWorker, PermitsWorker];
      const [held, kept] = [await semaphore.acquire(), await semaphore.acquire()];
      const order = [a, b, c, b, a, c];
      for (const worker of order) await enqueue(worker, 'permit');
      await held.release();
      let last = kept.token;
      for (const worker of order) {
        const token = await tokenOf(worker);
        expect(token).to.be.greaterThan(last);
        last = token;
        await letRelease(worker);
      }
      await kept.release();
    });
  });

  describe('when a process is killed', () => {
    it('that holds a permit, it is free when its lease ends, and no other', async () => {
      const [dead, alive, next] = (await start(3, { ttlSeconds: 1 })) as [
        PermitsWorker,
        PermitsWorker,
        PermitsWorker,
      ];
      const first = await hold(dead, 'permit');
      const second = await hold(alive, 'permit');
      await enqueue(next, 'permit');
      await kill(dead);
      expect(await tokenOf(next)).to.be.greaterThan(Math.max(first, second));
      await letRelease(alive);
      await letRelease(next);
      await expectIdle();
    });

    it('that waits, those behind it are served', async () => {
      const [dead, alive] = (await start(2)) as [PermitsWorker, PermitsWorker];
      const held = [await semaphore.acquire(), await semaphore.acquire()];
      await enqueue(dead, 'permit', 20);
      await enqueue(alive, 'permit', 2);
      await kill(dead);
      for (const lease of held) await lease.release();
      for (let turn = 0; turn < 2; turn += 1) await tokenOf(alive);
      for (let turn = 0; turn < 2; turn += 1) await letRelease(alive);
      await expectIdle();
    });

    it('that writes, or waits to, the readers get in', async () => {
      const [writer, next, reader] = (await start(3, { ttlSeconds: 1 })) as [
        PermitsWorker,
        PermitsWorker,
        PermitsWorker,
      ];
      const token = await hold(writer, 'write');
      await enqueue(next, 'write');
      await enqueue(reader, 'read', 3);
      await kill(next);
      await kill(writer);
      for (let turn = 0; turn < 3; turn += 1)
        expect(await tokenOf(reader)).to.be.greaterThan(token);
      expect((await shared.inspect()).readers.length).to.equal(3);
      for (let turn = 0; turn < 3; turn += 1) await letRelease(reader);
      await expectIdle();
    });

    it('at any time, again and again, the queues go on, and nobody gets in who must not', async () => {
      const options = { ttlSeconds: 2 };
      const kinds = ['permit', 'read', 'write', 'permit', 'read'] as const;
      const working = await start(4, options);
      for (const worker of working) worker.send({ do: 'work', kinds });
      for (let turn = 0; turn < 6; turn += 1) {
        const [victim] = working.splice(Math.floor(Math.random() * working.length), 1);
        if (victim) await kill(victim);
        const [replacement] = (await start(1, options)) as [PermitsWorker];
        replacement.send({ do: 'work', kinds });
        working.push(replacement);
      }
      for (const worker of working) worker.send({ do: 'stop' });
      const all = await Promise.all(working.map(found));
      expect(all.flatMap(({ wrongs }) => wrongs)).to.deep.equal([]);
      expect(Math.max(...all.map(({ times }) => times))).to.be.greaterThan(0);
      await expectIdle();
    }).timeout(60_000);
  });

  describe('when a process stands still', () => {
    it('that holds a permit, it finds in its first line that it lost that one', async () => {
      const [stopped, alive] = (await start(2, { ttlSeconds: 2 })) as [
        PermitsWorker,
        PermitsWorker,
      ];
      await hold(alive, 'permit');
      const first = await hold(stopped, 'permit');
      stopped.stop();
      const stoppedAt = performance.now();
      const lease = await semaphore.acquire();
      // So long that it can't take the pause for a busy machine.
      await eventually(() => performance.now() - stoppedAt > 2500);
      expect(lease.token).to.be.greaterThan(first);
      stopped.continue();
      expect(await stopped.next()).to.deep.equal({ is: 'woke', isHeld: false, wasAborted: true });
      stopped.send({ do: 'release' });
      expect(await stopped.next()).to.deep.equal({ is: 'failed', code: 'QX_LOCK_NOT_HELD' });
      await lease.renew();
      await lease.release();
      await letRelease(alive);
      await expectIdle();
    });

    it('that waits, it is passed by, and gets its turn once it goes on', async () => {
      const [stopped, alive] = (await start(2)) as [PermitsWorker, PermitsWorker];
      const held = [await semaphore.acquire(), await semaphore.acquire()];
      await enqueue(stopped, 'permit');
      await enqueue(alive, 'permit');
      stopped.stop();
      await held[0]?.release();
      await tokenOf(alive);
      stopped.continue();
      await waiters(1);
      expect(stopped.messages.length).to.equal(1);
      await letRelease(alive);
      await tokenOf(stopped);
      await letRelease(stopped);
      await held[1]?.release();
      await expectIdle();
    });

    it('that waits to write, the readers behind it get in', async () => {
      const [writer, reader] = (await start(2)) as [PermitsWorker, PermitsWorker];
      const reading = await shared.read();
      await enqueue(writer, 'write');
      await enqueue(reader, 'read');
      writer.stop();
      await tokenOf(reader);
      writer.continue();
      await waiters(1);
      await reading.release();
      await letRelease(reader);
      await tokenOf(writer);
      await letRelease(writer);
      await expectIdle();
    });
  });
});
