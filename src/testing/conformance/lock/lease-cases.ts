import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CaseBodies } from '../conformance-case.js';
import { assertCode, assertGrowing, becomes, rejectionOf, rejectsWith } from '../expectations.js';
import { type LockScene, shortLease } from './lock-scene.js';
import type { LeaseUnderTest } from './lock-under-test.js';

/** How a lease lives and ends. */
export const leaseCases: CaseBodies<LockScene> = {
  'tokens grow with every acquisition, whatever ended the one before': async (scene) => {
    const [lock, mortal] = [await scene.newLock(), await scene.newLock(shortLease)];
    const tokens: number[] = [];
    const ends: ((lease: LeaseUnderTest) => Promise<unknown>)[] = [
      (lease) => lease.release(),
      () => lock.forceRelease(),
      (lease) => becomes('a short lease should end', () => !lease.isHeld),
      (lease) => lease.release(),
    ];
    for (const [i, end] of ends.entries()) {
      const lease = await scene.acquire(i === 2 ? mortal : lock);
      tokens.push(lease.token);
      await end(lease);
    }
    assertGrowing(tokens);
  },

  'only the holder releases: a lease that was lost cannot end that of the next': async (scene) => {
    const [lock, other] = [await scene.newLock(), await scene.newLock()];
    const lost = await scene.take(lock);
    await lock.forceRelease();
    const next = await scene.take(other);
    await rejectionOf(lost.release(), 'A release of a lost lease');
    assert.equal(await scene.tryAcquire(lock), undefined, 'The next holder should still have it.');
    await next.renew();
    await next.release();
  },

  'a lease that expired says so when it is released or renewed': async (scene) => {
    const lease = await scene.take(await scene.newLock(shortLease));
    await becomes('a short lease should end', () => !lease.isHeld);
    await assertNotHeld(lease, 'A lease that expired');
  },

  'a lease that was taken away says so when it is renewed or released': async (scene) => {
    const lock = await scene.newLock();
    for (const first of ['renew', 'release'] as const) {
      const lease = await scene.take(lock);
      await lock.forceRelease();
      await rejectsWith('QX_LOCK_NOT_HELD', lease[first](), `A lease that was taken, ${first}`);
      await assertNotHeld(lease, 'A lease that was taken away');
      assert.equal(lease.signal.aborted, true, 'The signal of a lost lease should be aborted.');
    }
  },

  'a lease that was released says so when it is released or renewed again': async (scene) => {
    const lease = await scene.take(await scene.newLock());
    await lease.release();
    assert.equal(lease.isHeld, false);
    await assertNotHeld(lease, 'A lease that was released');
    assert.equal(lease.signal.aborted, false, 'A release is no loss.');
  },

  'leaving the block releases, and throws when the lease was lost': async (scene) => {
    const lock = await scene.newLock();
    const lease = await scene.take(lock);
    await lease[Symbol.asyncDispose]();
    assert.equal(lease.isHeld, false);
    const released = await scene.take(lock);
    await released.release();
    await released[Symbol.asyncDispose]();
    const lost = await scene.take(lock);
    await lock.forceRelease();
    const leave = async () => lost[Symbol.asyncDispose]();
    await rejectsWith('QX_LOCK_NOT_HELD', leave(), 'Leaving the block');
  },

  'a lease is over, and its signal aborted, no later than another owner has the lock': async (
    scene,
  ) => {
    const [mortal, lock] = [await scene.newLock(shortLease), await scene.newLock()];
    const lease = await scene.take(mortal);
    const { signal } = lease;
    const next = await scene.acquire(lock);
    assert.deepEqual([signal.aborted, lease.isHeld], [true, false]);
    assertCode(signal.reason, 'QX_LOCK_NOT_HELD', 'The signal');
    await next.release();
  },

  'a lease renews itself for as long as it is held': async (scene) => {
    const [lock, other] = [await scene.newLock({ ttlSeconds: 0.9 }), await scene.newLock()];
    const lease = await scene.take(lock);
    await sleep(1200);
    assert.equal(lease.isHeld, true);
    assert.equal(await scene.tryAcquire(other), undefined, 'Another one should not get it.');
    await lease.release();
  },

  'renew lets a lease last longer': async (scene) => {
    const lock = await scene.newLock({ ttlSeconds: 5, renew: false });
    const lease = await scene.take(lock);
    await lease.renew(60);
    const { expiresInSeconds = 0 } = await lock.inspect();
    assert.ok(expiresInSeconds > 5, `It should last 60 s, but ${expiresInSeconds} s are left.`);
    assert.equal(lease.isHeld, true);
  },
};

async function assertNotHeld(lease: LeaseUnderTest, what: string): Promise<void> {
  await rejectsWith('QX_LOCK_NOT_HELD', lease.release(), `${what}, when released,`);
  await rejectsWith('QX_LOCK_NOT_HELD', lease.renew(), `${what}, when renewed,`);
  assert.equal(lease.isHeld, false, `${what} should not be held.`);
}
