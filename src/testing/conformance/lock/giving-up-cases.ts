import assert from 'node:assert/strict';
import type { CaseBodies } from '../conformance-case.js';
import { rejectionOf, rejectsWith } from '../expectations.js';
import type { LockScene } from './lock-scene.js';

/** Those who wait no longer. */
export const givingUpCases: CaseBodies<LockScene> = {
  'a caller whose waitSeconds are over is told so, and leaves the queue': async (scene) => {
    const [lock, other] = [await scene.newLock(), await scene.newLock()];
    const lease = await scene.take(lock);
    const waiting = scene.acquire(other, { waitSeconds: 0.05 });
    await rejectsWith('QX_LOCK_TIMEOUT', waiting, 'A caller that waited in vain');
    await scene.waiters(lock, 0);
    await lease.release();
    await scene.take(lock);
  },

  'a caller whose signal aborts gets its reason, and leaves the queue': async (scene) => {
    const [lock, other] = [await scene.newLock(), await scene.newLock()];
    const lease = await scene.take(lock);
    const controller = new AbortController();
    const waiting = await scene.queueUp(other, 0, { signal: controller.signal });
    const next = await scene.queueUp(other, 1);
    controller.abort();
    const error = await rejectionOf(waiting.lease, 'A caller whose signal aborted');
    assert.equal((error as Error).name, 'AbortError');
    await scene.waiters(lock, 1);
    await lease.release();
    await (await next.lease).release();
  },

  'a signal that was aborted before gets no lock': async (scene) => {
    const lock = await scene.newLock();
    const reason = new Error('stopping');
    const acquiring = scene.acquire(lock, { signal: AbortSignal.abort(reason) });
    assert.equal(await rejectionOf(acquiring, 'A caller that had stopped'), reason);
    await scene.take(lock);
  },
};
