import { expect } from 'chai';
import type { Redis } from 'ioredis';
import { DistributedLock, FencedValue, type LockOptions } from '../../src/lock/index.js';
import { type LockWorker, letRelease, lockWorkers, tokenOf } from '../lock/lock-workers.js';
import { onRealRedis } from '../support/engines.js';
import { eventually } from '../support/eventually.js';

onRealRedis('DistributedLock across processes', (engine) => {
  const workers = lockWorkers();
  let redis: Redis;
  let lock: DistributedLock;

  beforeEach(async () => {
    redis = (await engine.connect()) as Redis;
    lock = new DistributedLock(redis, 'a', { waitSeconds: 60 });
  });

  const start = (count: number, options?: LockOptions) =>
    workers.start(count, { url: engine.url(), namespace: engine.namespace() }, options);

  const waiters = (count: number) =>
    eventually(async () => (await lock.inspect()).waiters === count, { withinSeconds: 20 });

  /** Lets it queue, and resolves when it stands there. */
  async function enqueue(worker: LockWorker, times = 1): Promise<void> {
    const before = (await lock.inspect()).waiters;
    worker.send({ do: 'acquire', times });
    await waiters(before + times);
  }

  it('lets one in at a time: a counter that is read and written back loses nothing', async () => {
    const [times, key] = [50, `${engine.namespace()}:counter`];
    await start(4);
    for (const worker of workers.all) worker.send({ do: 'count', key, times });
    for (const worker of workers.all) expect(await worker.next()).to.deep.equal({ is: 'counted' });
    expect(Number(await redis.get(key))).to.equal(4 * times);
  });

  it('serves them in the order in which they asked', async () => {
    const [a, b, c] = (await start(3)) as [LockWorker, LockWorker, LockWorker];
    const held = await lock.acquire();
    const order = [a, b, c, b, a, c];
    for (const worker of order) await enqueue(worker);
    await held.release();
    let last = held.token;
    for (const [turn, worker] of order.entries()) {
      const token = await tokenOf(worker);
      expect(token).to.be.greaterThan(last);
      last = token;
      const all = workers.all.flatMap(({ messages }) => messages);
      expect(all.filter(({ is }) => is === 'acquired').length).to.equal(turn + 1);
      await letRelease(worker);
    }
  });

  it('hands on within one hand-off lease when waiters were killed, however many', async () => {
    const [dead, alive] = (await start(2)) as [LockWorker, LockWorker];
    const held = await lock.acquire();
    await enqueue(dead, 20);
    await enqueue(alive);
    dead.kill();
    await dead.exited;
    const releasedAt = performance.now();
    await held.release();
    await tokenOf(alive);
    // One second, and what a busy machine takes for the rest.
    expect(performance.now() - releasedAt).to.be.lessThan(3000);
    await letRelease(alive);
  });

  it('hands on when the lease of a killed holder ends', async () => {
    const [dead, alive] = (await start(2, { ttlSeconds: 1 })) as [LockWorker, LockWorker];
    dead.send({ do: 'acquire', times: 1 });
    const first = await tokenOf(dead);
    await enqueue(alive);
    dead.kill();
    expect(await tokenOf(alive)).to.be.greaterThan(first);
  });

  it('shows a stopped holder in its first line that it lost the lock, and refuses what it does', async () => {
    const value = new FencedValue<string>(redis, 'a', { ttlSeconds: 60 });
    const [holder] = (await start(1, { ttlSeconds: 2 })) as [LockWorker];
    holder.send({ do: 'acquire', times: 1 });
    const first = await tokenOf(holder);
    holder.stop();
    const stoppedAt = performance.now();
    const lease = await lock.acquire();
    await value.set('new', lease.token);
    // So long that it can't take the pause for a busy machine.
    await eventually(() => performance.now() - stoppedAt > 2500);
    expect(lease.token).to.be.greaterThan(first);
    holder.continue();
    expect(await holder.next()).to.deep.equal({ is: 'woke', isHeld: false, wasAborted: true });
    // Neither its renewals nor its release touch the new owner, nor do its writes.
    holder.send({ do: 'write', text: 'late' });
    expect(await holder.next()).to.deep.equal({ is: 'failed', code: 'QX_LOCK_NOT_HELD' });
    expect(await value.get()).to.equal('new');
    holder.send({ do: 'release' });
    expect(await holder.next()).to.deep.equal({ is: 'failed', code: 'QX_LOCK_NOT_HELD' });
    await lease.renew();
    await lease.release();
  });

  it('passes a stopped waiter by, which gets its turn once it goes on', async () => {
    const [stopped, alive] = (await start(2)) as [LockWorker, LockWorker];
    const held = await lock.acquire();
    await enqueue(stopped);
    await enqueue(alive);
    stopped.stop();
    await held.release();
    await tokenOf(alive);
    stopped.continue();
    await waiters(1);
    expect(stopped.messages.length).to.equal(1);
    await letRelease(alive);
    await tokenOf(stopped);
    await letRelease(stopped);
  });

  it('keeps the order though the queue is deleted', async () => {
    const [a, b, c] = (await start(3)) as [LockWorker, LockWorker, LockWorker];
    const held = await lock.acquire();
    for (const worker of [c, a, b]) await enqueue(worker);
    const key = `${engine.namespace()}:lock:{a}`;
    await redis.del(`${key}:queue`, `${key}:alive`);
    await waiters(3);
    await held.release();
    for (const worker of [c, a, b]) {
      await tokenOf(worker);
      await letRelease(worker);
    }
  });
});
