import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { IdempotencyInProgressError } from '../../../errors/index.js';
import { Result } from '../../../result/result.js';
import type { CaseBodies } from '../conformance-case.js';
import { rejectionOf, rejectsWith } from '../expectations.js';
import type { StoreScene } from './store-scene.js';

/** Who executes, and what is stored of it. */
export const runningCases: CaseBodies<StoreScene> = {
  'the first caller executes, and a later one gets its result': async (scene) => {
    const [one, two] = [await scene.newStore(), await scene.newStore()];
    const value = { at: new Date(5), lines: [{ sku: 'tea', note: undefined }], sum: 12n };
    assert.deepEqual(await scene.run(one, value), { value, replayed: false, ran: true });
    const later = await scene.run(two, { ...value, sum: 0n });
    assert.deepEqual(later, { value, replayed: true, ran: false });
    assert.deepEqual(await two.get(scene.key), value);
  },

  'of many callers at once one executes, and all get its result': async (scene) => {
    const stores = await Promise.all([1, 2, 3, 4].map(() => scene.newStore()));
    const callers = [...stores, ...stores, ...stores, ...stores];
    let runs = 0;
    const work = async () => {
      runs += 1;
      const run = runs;
      await sleep(20);
      return run;
    };
    const outcomes = await Promise.all(callers.map((store) => store.run(scene.key, work)));
    assert.equal(runs, 1, `The work should run once, but ran ${runs} times.`);
    assert.deepEqual(new Set(outcomes.map(({ value }) => value)), new Set([1]));
    assert.equal(outcomes.filter(({ replayed }) => !replayed).length, 1);
  },

  'with "reject" a caller is refused while another executes': async (scene) => {
    const [one, two] = [await scene.newStore(), await scene.newStore()];
    const first = await scene.openRun<number>(one);
    const error = await rejectsWith<IdempotencyInProgressError>(
      'QX_IDEMPOTENCY_IN_PROGRESS',
      scene.run(two, 2, { onInProgress: 'reject' }),
      'A second caller',
    );
    assert.ok(error.retryAfterSeconds > 0, 'The error should tell when to come again.');
    assert.equal((await two.claim(scene.key)).status, 'in-progress');
    first.finish(1);
    assert.equal((await first.outcome).value, 1);
  },

  'a caller whose waitSeconds are over is refused while another executes': async (scene) => {
    const [one, two] = [await scene.newStore(), await scene.newStore()];
    const first = await scene.openRun<number>(one);
    const waiting = scene.run(two, 2, { waitSeconds: 0.05 });
    await rejectsWith('QX_IDEMPOTENCY_IN_PROGRESS', waiting, 'A caller that waited in vain');
    first.finish(1);
    assert.deepEqual(await scene.run(two, 2), { value: 1, replayed: true, ran: false });
  },

  'work that throws is not stored: its caller gets the error, the next one executes': async (
    scene,
  ) => {
    const [one, two] = [await scene.newStore(), await scene.newStore()];
    const declined = new Error('declined');
    const failing = one.run(scene.key, () => Promise.reject(declined));
    assert.equal(await rejectionOf(failing, 'The run whose work throws'), declined);
    assert.equal(await two.get(scene.key), undefined);
    const next = await scene.run(two, 2, { onInProgress: 'reject' });
    assert.deepEqual(next, { value: 2, replayed: false, ran: true });
  },

  'when the work throws, one of those who wait executes next': async (scene) => {
    const [one, two] = [await scene.newStore(), await scene.newStore()];
    const first = await scene.openRun<number>(one);
    const waiting = scene.background(scene.run(two, 2));
    // It waits by the time that another question of its store is answered.
    await two.inspect(scene.key);
    first.fail(new Error('declined'));
    await rejectionOf(first.outcome, 'The run whose work throws');
    assert.deepEqual(await waiting, { value: 2, replayed: false, ran: true });
  },

  'a value that storeWhen refuses is returned and not stored': async (scene) => {
    const [one, two] = [await scene.newStore(), await scene.newStore()];
    const isStored = (value: number) => value > 1;
    assert.equal((await scene.run(one, 1, { storeWhen: isStored })).value, 1);
    assert.deepEqual(await scene.run(two, 2), { value: 2, replayed: false, ran: true });
  },

  'of a Result only a success is stored, and a replay is one again': async (scene) => {
    const [one, two] = [await scene.newStore(), await scene.newStore()];
    const failed: Result<number> = Result.failure(new Error('declined'));
    assert.equal((await scene.run(one, failed)).value.isFailure, true);
    const success: Result<number> = Result.success(5);
    assert.equal((await scene.run(one, success)).ran, true);
    const replay = await scene.run(two, success);
    assert.equal(replay.replayed, true);
    assert.equal(replay.value.isSuccess && replay.value.value, 5);
  },

  'null, undefined and false are results like any other': async (scene) => {
    const store = await scene.newStore();
    for (const value of [null, undefined, false]) {
      await scene.run(store, value);
      const again = await scene.run<unknown>(store, 'another');
      assert.deepEqual(again, { value, replayed: true, ran: false });
      await store.delete(scene.key);
    }
  },

  'what cannot be stored is returned to its caller, and nobody executes again': async (scene) => {
    const [one, two] = [await scene.newStore(), await scene.newStore()];
    const unstorable = () => 1;
    assert.equal((await scene.run(one, unstorable)).value, unstorable);
    let ran = false;
    const work = async () => {
      ran = true;
    };
    const next = two.run(scene.key, work, { onInProgress: 'reject' });
    await rejectsWith('QX_IDEMPOTENCY_RESULT_UNAVAILABLE', next, 'The next caller');
    assert.equal(ran, false, 'The work must not run again.');
  },
};
