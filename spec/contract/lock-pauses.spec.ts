import { expect } from 'chai';
import type { Redis } from 'ioredis';
import { DistributedLock } from '../../src/lock/index.js';
import { type LockWorker, letRelease, lockWorkers, tokenOf } from '../lock/lock-workers.js';
import { onRealRedis } from '../support/engines.js';
import { eventually } from '../support/eventually.js';
import { type RedisServer, startRedisServer } from '../support/redis-server.js';
import { rejectionOf } from '../support/rejection.js';

onRealRedis('DistributedLock in a process whose event loop was blocked', (engine) => {
  const workers = lockWorkers();

  it('says in the first line after it that the lease is lost, and the next one has the lock', async () => {
    const lock = new DistributedLock(await engine.connect(), 'a', { waitSeconds: 20 });
    const at = { url: engine.url(), namespace: engine.namespace() };
    const [holder] = (await workers.start(1, at, { ttlSeconds: 0.5 })) as [LockWorker];
    holder.send({ do: 'acquire', times: 1 });
    const token = await tokenOf(holder);
    holder.send({ do: 'block', seconds: 1 });
    const lease = await lock.acquire();
    expect(lease.token).to.be.greaterThan(token);
    expect(await holder.next()).to.deep.equal({ is: 'woke', isHeld: false, wasAborted: true });
    holder.send({ do: 'release' });
    expect(await holder.next()).to.deep.equal({ is: 'failed', code: 'QX_LOCK_NOT_HELD' });
    await lease.renew();
    await lease.release();
  });

  it('keeps the lease when it was blocked for less than that lasts', async () => {
    const at = { url: engine.url(), namespace: engine.namespace() };
    const [holder] = (await workers.start(1, at, { ttlSeconds: 10 })) as [LockWorker];
    holder.send({ do: 'acquire', times: 1 });
    await tokenOf(holder);
    holder.send({ do: 'block', seconds: 1 });
    expect(await holder.next()).to.deep.equal({ is: 'woke', isHeld: true, wasAborted: false });
    await letRelease(holder);
  });
});

onRealRedis('DistributedLock on a server of its own', (engine) => {
  const workers = lockWorkers();
  let server: RedisServer;
  let redis: Redis;
  let lock: DistributedLock;

  beforeEach(async () => {
    server = await startRedisServer();
    redis = (await engine.connect({ url: server.url, commandTimeoutSeconds: 0.5 })) as Redis;
    lock = new DistributedLock(redis, 'a', { ttlSeconds: 1, waitSeconds: 20 });
  });

  afterEach(() => server.stop());

  it('aborts the signal of a lease in time though the server stands still', async () => {
    const lease = await lock.acquire();
    const { signal } = lease;
    server.pause();
    await eventually(() => signal.aborted);
    expect(lease.isHeld).to.equal(false);
    expect(signal.reason).to.include({ code: 'QX_LOCK_NOT_HELD', reason: 'expired' });
    server.resume();
    await rejectionOf(lease.release());
    await (await lock.acquire()).release();
  });

  it('gives tokens that grow from process to process, whatever ended the lease before', async () => {
    const at = { url: server.url, namespace: engine.namespace() };
    const started = await workers.start(3, at, { ttlSeconds: 1 });
    const [a, b, killed] = started as [LockWorker, LockWorker, LockWorker];
    const tokens: number[] = [];
    const acquire = async (worker: LockWorker) => {
      worker.send({ do: 'acquire', times: 1 });
      tokens.push(await tokenOf(worker));
    };
    const lose = async (worker: LockWorker, take: () => Promise<unknown>) => {
      await acquire(worker);
      await take();
      worker.send({ do: 'release' });
      expect(await worker.next()).to.deep.equal({ is: 'failed', code: 'QX_LOCK_NOT_HELD' });
    };
    const deleteAll = async () => redis.del(...(await redis.keys('*:lock:*')));
    await acquire(killed);
    killed.kill();
    for (const worker of [a, b, a]) {
      await acquire(worker);
      await letRelease(worker);
      await lose(worker, () => lock.forceRelease());
      await lose(worker, deleteAll);
      await lose(worker, () => redis.flushall());
    }
    expect(tokens).to.deep.equal([...new Set(tokens)].sort((a, b) => a - b));
    expect(tokens.length).to.equal(13);
    expect(tokens.every(Number.isSafeInteger)).to.equal(true);
  });
});
