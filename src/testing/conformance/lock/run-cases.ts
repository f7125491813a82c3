import assert from 'node:assert/strict';
import type { CaseBodies } from '../conformance-case.js';
import { rejectionOf } from '../expectations.js';
import type { LockScene } from './lock-scene.js';

/** What `run` gives. */
export const runCases: CaseBodies<LockScene> = {
  'run gives what the work gives or throws, and releases': async (scene) => {
    const lock = await scene.newLock();
    assert.equal(await lock.run(async (lease) => lease.isHeld), true);
    const declined = new Error('declined');
    const failing = lock.run(() => Promise.reject(declined));
    assert.equal(await rejectionOf(failing, 'A run whose work throws'), declined);
    await scene.take(lock);
  },

  'in run a lost lease never replaces the result or the error of the work': async (scene) => {
    const lock = await scene.newLock();
    const lose = (outcome: () => string) => async () => {
      await lock.forceRelease();
      return outcome();
    };
    assert.equal(await lock.run(lose(() => 'done')), 'done');
    const declined = new Error('declined');
    const failing = lock.run(
      lose(() => {
        throw declined;
      }),
    );
    const error = await rejectionOf(failing, 'A run whose work throws');
    assert.equal((error as Partial<SuppressedError>).suppressed ?? error, declined);
  },
};
