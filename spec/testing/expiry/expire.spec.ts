import { expect } from 'chai';
import type { Cluster, Redis } from 'ioredis';
import {
  DistributedLock,
  IdempotencyStore,
  isIdempotencyClaimLostError,
  isLockNotHeldError,
  ReadWriteLock,
  Semaphore,
} from '../../../src/index.js';
import { expireClaim, expireLease } from '../../../src/testing/index.js';
import { claimOf, openRun } from '../../support/claims.js';
import { onEachRedis } from '../../support/engines.js';
import { eventually } from '../../support/eventually.js';
import { rejectionOf } from '../../support/rejection.js';

onEachRedis('expireLease', (engine) => {
  let redis: Redis | Cluster;

  beforeEach(async () => {
    redis = await engine.connect();
  });

  it('lets the lease of a lock be over: the next caller has it, the holder has lost it', async () => {
    const lock = new DistributedLock(redis, 'a {b}');
    const lease = await lock.acquire();
    expect(await expireLease(redis, { lock: 'a {b}' })).to.equal(true);
    expect((await lock.inspect()).held).to.equal(false);
    const next = await lock.tryAcquire();
    expect(next?.token).to.be.greaterThan(lease.token);
    expect(isLockNotHeldError(await rejectionOf(lease.renew()))).to.equal(true);
    expect(lease.signal.aborted).to.equal(true);
    await next?.release();
  });

  it('lets one that waits have the lock', async () => {
    const lock = new DistributedLock(redis, 'a');
    const lease = await lock.acquire();
    const waiting = lock.acquire();
    await eventually(async () => (await lock.inspect()).waiters === 1);
    await expireLease(redis, { lock: 'a' });
    await (await waiting).release();
    await rejectionOf(lease.release());
  });

  it('lets all leases of a semaphore be over', async () => {
    const semaphore = new Semaphore(redis, 'a', { permits: 2 });
    const leases = [await semaphore.acquire(), await semaphore.acquire()];
    expect(await semaphore.tryAcquire()).to.equal(undefined);
    expect(await expireLease(redis, { semaphore: 'a' })).to.equal(true);
    await (await semaphore.acquire({ waitSeconds: 0 })).release();
    for (const lease of leases) await rejectionOf(lease.release());
    expect(await expireLease(redis, { semaphore: 'a' })).to.equal(false);
  });

  it('lets the leases of a read-write lock be over', async () => {
    const lock = new ReadWriteLock(redis, 'a');
    const lease = await lock.write();
    expect(await expireLease(redis, { readWriteLock: 'a' })).to.equal(true);
    await (await lock.read({ waitSeconds: 0 })).release();
    await rejectionOf(lease.release());
  });

  it('says that there was none', async () => {
    const lock = new DistributedLock(redis, 'a');
    expect(await expireLease(redis, { lock: 'a' })).to.equal(false);
    await (await lock.acquire()).release();
    expect(await expireLease(redis, { lock: 'a' })).to.equal(false);
    const lease = await lock.acquire();
    expect(await expireLease(redis, { lock: 'a' }, { namespace: 'other' })).to.equal(false);
    expect(await expireLease(redis, { semaphore: 'a' })).to.equal(false);
    await expireLease(redis, { lock: 'a' });
    expect(await expireLease(redis, { lock: 'a' })).to.equal(false);
    await rejectionOf(lease.release());
  });

  it('finds a lock that has a namespace of its own', async () => {
    const namespace = `${engine.namespace()}-own`;
    const lock = new DistributedLock(redis, 'a', { namespace });
    const lease = await lock.acquire();
    expect(await expireLease(redis, { lock: 'a' }, { namespace })).to.equal(true);
    await rejectionOf(lease.release());
  });
});

onEachRedis('expireClaim', (engine) => {
  it('lets a claim be over: the next caller takes over, and the late owner has lost it', async () => {
    const redis = await engine.connect();
    const store = new IdempotencyStore(redis);
    const first = await claimOf(store, 'a {b}');
    expect(await expireClaim(redis, 'a {b}')).to.equal(true);
    expect((await store.inspect('a {b}'))?.state).to.equal('abandoned');
    const second = await claimOf(store, 'a {b}');
    expect(second.attempt).to.equal(2);
    const error = await rejectionOf(first.complete('late'));
    expect(isIdempotencyClaimLostError(error)).to.equal(true);
    await second.complete('done');
    expect(await expireClaim(redis, 'a {b}')).to.equal(false);
  });

  it('wakes those who wait for the key, also in a namespace of its own', async () => {
    const redis = await engine.connect();
    const namespace = `${engine.namespace()}-own`;
    const store = new IdempotencyStore(redis, { namespace, leaseSeconds: 3600 });
    const first = openRun<number>(store, 'a');
    await first.started;
    const next = openRun<number>(new IdempotencyStore(redis, { namespace }), 'a');
    await eventually(() => expireClaim(redis, 'a', { namespace }));
    expect((await next.started).attempt).to.equal(2);
    next.finish(2);
    first.finish(1);
    expect(await next.outcome).to.include({ value: 2 });
    await rejectionOf(first.outcome);
    expect(await expireClaim(redis, 'b', { namespace })).to.equal(false);
  });
});
