import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type IdempotencyInProgressError,
  isIdempotencyInProgressError,
} from '../../../errors/index.js';
import type { CaseBodies } from '../conformance-case.js';
import { assertGrowing, rejectsWith } from '../expectations.js';
import type { StoreScene } from './store-scene.js';
import type { ClaimUnderTest } from './store-under-test.js';

/** How a claim passes on, and what becomes of its old owner. */
export const ownerCases: CaseBodies<StoreScene> = {
  'tokens grow with every claim of a key': async (scene) => {
    const store = await scene.newStore();
    const tokens: number[] = [];
    for (const end of ['abandon', 'delete', 'complete', 'abandon'] as const) {
      const claim = await scene.claim(store);
      tokens.push(claim.token);
      if (end === 'abandon') await claim.abandon();
      else if (end === 'complete') await claim.complete('done');
      if (end !== 'abandon') await store.delete(scene.key);
    }
    assertGrowing(tokens);
  },

  'the claim of a dead owner passes to the next caller, whose attempt is one higher': async (
    scene,
  ) => {
    const [one, two] = [await scene.newStore(), await scene.newStore()];
    const first = await scene.claim(one, { leaseSeconds: scene.shortLeaseSeconds });
    const second = await scene.takeOver(two);
    assert.deepEqual([first.attempt, second.attempt], [1, 2]);
    assertGrowing([first.token, second.token]);
  },

  'a late owner cannot overwrite: it learns of its loss, and the stored result stays': async (
    scene,
  ) => {
    const [one, two] = [await scene.newStore(), await scene.newStore()];
    const first = await scene.claim(one, { leaseSeconds: scene.shortLeaseSeconds });
    const second = await scene.takeOver(two);
    await assertLost(first, 'before the new owner is done');
    await second.complete('new');
    await assertLost(first, 'after the new owner was done');
    assert.equal(await two.get(scene.key), 'new');
  },

  'the owner of a key that was deleted cannot overwrite': async (scene) => {
    const [one, two] = [await scene.newStore(), await scene.newStore()];
    const first = await scene.claim(one);
    assert.equal(await two.delete(scene.key), true);
    const second = await scene.claim(two);
    await assertLost(first, 'after the key was deleted');
    await second.complete('new');
    assert.equal(await one.get(scene.key), 'new');
  },

  'a set replaces a claim in progress, whose owner loses': async (scene) => {
    const [one, two] = [await scene.newStore(), await scene.newStore()];
    const first = await scene.claim(one);
    assert.equal(await two.set(scene.key, 'set'), true);
    await assertLost(first, 'after a set');
    assert.equal(await one.get(scene.key), 'set');
  },

  'a run that lost its claim says so, and gives what its work produced': async (scene) => {
    const [one, two] = [await scene.newStore(), await scene.newStore()];
    const first = await scene.openRun<string>(one);
    await two.set(scene.key, 'set');
    first.finish('late');
    const error = await rejectsWith<{ code: 'QX_IDEMPOTENCY_CLAIM_LOST'; value: unknown }>(
      'QX_IDEMPOTENCY_CLAIM_LOST',
      first.outcome,
      'A run that lost its claim',
    );
    assert.equal(error.value, 'late');
  },

  'an owner whose lease ended but whom nobody replaced still completes': async (scene) => {
    const store = await scene.newStore();
    const claim = await scene.claim(store, { leaseSeconds: scene.shortLeaseSeconds });
    await scene.expire();
    await claim.complete('late');
    assert.equal(await store.get(scene.key), 'late');
  },

  'a live owner keeps its claim for longer than the lease': async (scene) => {
    const [one, two] = [await scene.newStore(), await scene.newStore()];
    const first = await scene.openRun<number>(one, { leaseSeconds: 0.9 });
    await sleep(1200);
    const next = scene.run(two, 2, { onInProgress: 'reject' });
    await rejectsWith('QX_IDEMPOTENCY_IN_PROGRESS', next, 'Another caller after the first lease');
    first.finish(1);
    assert.equal((await first.outcome).value, 1);
  },

  'with takeover "never" nobody takes over a dead owner, until the key is deleted': async (
    scene,
  ) => {
    const [one, two] = [await scene.newStore(), await scene.newStore()];
    const { shortLeaseSeconds: leaseSeconds } = scene;
    await scene.openRun(one, { leaseSeconds, takeover: 'never' });
    const answer = await scene.afterLease(
      () => scene.run<unknown>(two, 2, { onInProgress: 'reject' }).catch((error: unknown) => error),
      (given) => !isIdempotencyInProgressError(given) || given.abandoned,
    );
    assert.ok(isIdempotencyInProgressError(answer), 'The next caller should be refused.');
    assert.equal((answer as IdempotencyInProgressError).abandoned, true);
    assert.equal(await two.delete(scene.key), true);
    assert.equal((await scene.run(two, 2)).ran, true);
  },
};

/** Expects an owner that was replaced to be told so, whatever it does. */
async function assertLost(claim: ClaimUnderTest, when: string): Promise<void> {
  const what = `An owner that was replaced, ${when},`;
  await rejectsWith('QX_IDEMPOTENCY_CLAIM_LOST', claim.renew(), `${what} when it renews`);
  await rejectsWith('QX_IDEMPOTENCY_CLAIM_LOST', claim.complete('late'), `${what} when it ends`);
  assert.equal(claim.signal.aborted, true, `${what} should find its signal aborted.`);
}
