import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CaseBodies } from '../conformance-case.js';
import { rejectsWith } from '../expectations.js';
import { type LockScene, shortLease } from './lock-scene.js';

/** Who gets the lock, and when. */
export const queueCases: CaseBodies<LockScene> = {
  'one holds the lock at a time': async (scene) => {
    const locks = await Promise.all([1, 2, 3].map(() => scene.newLock()));
    let [inside, most, turns] = [0, 0, 0];
    const turn = async () => {
      inside += 1;
      turns += 1;
      most = Math.max(most, inside);
      await new Promise(setImmediate);
      inside -= 1;
    };
    await Promise.all([...locks, ...locks, ...locks].map((lock) => lock.run(turn)));
    assert.equal(turns, 9);
    assert.equal(most, 1, `${most} held it at once.`);
  },

  'each acquisition is one of its own, also through the same lock object': async (scene) => {
    const lock = await scene.newLock();
    const lease = await scene.take(lock);
    assert.equal(await scene.tryAcquire(lock), undefined);
    await rejectsWith('QX_LOCK_TIMEOUT', scene.acquire(lock, { waitSeconds: 0 }), 'A second one');
    await lease.release();
    await scene.take(lock);
  },

  'locks of different names have nothing to do with each other': async (scene) => {
    const [one, other] = [await scene.newLock(), await scene.newLock({}, `${scene.key}-2`)];
    await scene.take(one);
    await scene.take(other);
  },

  'waiters get the lock in the order in which they asked': async (scene) => {
    const locks = await Promise.all([1, 2, 3].map(() => scene.newLock()));
    const first = await scene.take(await scene.newLock());
    const order: number[] = [];
    const waiters: Promise<unknown>[] = [];
    for (let i = 0; i < 9; i += 1) {
      // Through any of the locks, as in three processes.
      const { lease } = await scene.queueUp(locks[(i * 2) % 3] ?? assert.fail(), i);
      const turn = lease.then((held) => {
        order.push(i);
        return held.release();
      });
      waiters.push(scene.background(turn));
    }
    await first.release();
    await Promise.all(waiters);
    assert.deepEqual(order, [0, 1, 2, 3, 4, 5, 6, 7, 8]);
  },

  'a release hands the lock on: at no time is it up for grabs': async (scene) => {
    const [lock, other] = [await scene.newLock(), await scene.newLock()];
    let lease = await scene.take(lock);
    for (let i = 0; i < 3; i += 1) {
      const next = await scene.queueUp(lock);
      await lease.release();
      assert.equal(await scene.tryAcquire(other), undefined, 'Another one should not get it.');
      lease = await next.lease;
    }
  },

  'tryAcquire never waits, and never overtakes those who wait': async (scene) => {
    const [mortal, lock] = [await scene.newLock(shortLease), await scene.newLock()];
    await scene.take(mortal);
    const next = await scene.queueUp(lock);
    let isServed = false;
    const served = scene.background(next.lease.finally(() => (isServed = true)));
    // While it is held, when nobody has it because the lease ended, and when the next one has it.
    while (!isServed) {
      assert.equal(await scene.tryAcquire(mortal), undefined, 'It should not overtake.');
      await sleep(5);
    }
    await (await served).release();
    await scene.take(lock);
  },

  'the lock of a dead holder goes to the one that waits': async (scene) => {
    const [mortal, lock] = [await scene.newLock(shortLease), await scene.newLock()];
    await scene.take(mortal);
    await (await scene.acquire(lock)).release();
  },

  'a lock that was released by force goes to the one that waits': async (scene) => {
    const lock = await scene.newLock();
    assert.equal(await lock.forceRelease(), false);
    await scene.take(lock);
    const next = await scene.queueUp(lock);
    assert.equal(await lock.forceRelease(), true);
    await (await next.lease).release();
  },

  'inspect tells who holds the lock and how many wait': async (scene) => {
    const lock = await scene.newLock();
    const { held, waiters } = await lock.inspect();
    assert.deepEqual([held, waiters], [false, 0]);
    const lease = await scene.take(lock);
    await scene.queueUp(lock);
    const state = await lock.inspect();
    assert.deepEqual([state.held, state.token, state.waiters], [true, lease.token, 1]);
    const { expiresInSeconds = 0 } = state;
    assert.ok(expiresInSeconds > 0 && expiresInSeconds <= 30, `${expiresInSeconds} s left`);
  },
};
