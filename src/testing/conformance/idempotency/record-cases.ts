import assert from 'node:assert/strict';
import type { CaseBodies } from '../conformance-case.js';
import { becomes, rejectsWith } from '../expectations.js';
import type { StoreScene } from './store-scene.js';

/** What is known about a key, and how it changes. */
export const recordCases: CaseBodies<StoreScene> = {
  'another payload under the same key is refused, also while the first is in progress': async (
    scene,
  ) => {
    const [one, two] = [await scene.newStore(), await scene.newStore()];
    const payload = { sku: 'tea', due: new Date(5), count: 1 };
    const first = await scene.openRun<number>(one, { fingerprint: payload });
    const otherPayload = { fingerprint: { ...payload, count: 2 }, onInProgress: 'reject' } as const;
    const other = () => scene.run(two, 2, otherPayload);
    await rejectsWith('QX_IDEMPOTENCY_KEY_REUSED', other(), 'Another payload in progress');
    first.finish(1);
    await first.outcome;
    await rejectsWith('QX_IDEMPOTENCY_KEY_REUSED', other(), 'Another payload afterwards');
    const claim = two.claim(scene.key, { fingerprint: 'another' });
    await rejectsWith('QX_IDEMPOTENCY_KEY_REUSED', claim, 'A claim with another payload');
    const same = { count: 1, due: new Date(5), sku: 'tea' };
    const replay = await scene.run(two, 2, { fingerprint: same });
    assert.deepEqual(replay, { value: 1, replayed: true, ran: false });
  },

  'where one side gave no payload, nothing is compared': async (scene) => {
    const store = await scene.newStore();
    await scene.run(store, 1, { fingerprint: 'a payload' });
    assert.equal((await scene.run(store, 2)).value, 1);
  },

  'a stored result never changes until it is deleted': async (scene) => {
    const [one, two] = [await scene.newStore(), await scene.newStore()];
    assert.equal(await one.set(scene.key, 1), true);
    assert.equal(await two.set(scene.key, 2), false, 'A set must tell that it kept the result.');
    const { ran, replayed } = await scene.run(two, 2);
    assert.deepEqual([ran, replayed], [false, true]);
    assert.equal(await two.get(scene.key), 1);
    assert.equal(await two.delete(scene.key), true);
    assert.equal(await two.delete(scene.key), false);
    assert.equal(await one.get(scene.key), undefined);
    assert.deepEqual(await scene.run(one, 3), { value: 3, replayed: false, ran: true });
  },

  'a result ends with its ttlSeconds': async (scene) => {
    const store = await scene.newStore();
    await scene.run(store, 1, { ttlSeconds: 0.1 });
    await becomes(
      'its time should be over',
      async () => (await store.get(scene.key)) === undefined,
    );
    assert.equal((await scene.run(store, 2)).ran, true);
  },

  'inspect tells the state and the attempt': async (scene) => {
    const store = await scene.newStore();
    assert.equal(await store.inspect(scene.key), undefined);
    const first = await scene.openRun<string>(store);
    const running = await store.inspect(scene.key);
    assert.deepEqual([running?.state, running?.attempt], ['in-progress', 1]);
    first.finish('secret');
    await first.outcome;
    const done = await store.inspect(scene.key);
    assert.equal(done?.state, 'completed');
    assert.ok(!JSON.stringify(done).includes('secret'), 'It must not tell the result.');
  },

  'what a claim completes is the result; what it gives up, the next one claims': async (scene) => {
    const [one, two] = [await scene.newStore(), await scene.newStore()];
    const first = await scene.claim(one);
    await first.abandon();
    const second = await scene.claim(two);
    assert.equal(second.attempt, 1, 'A claim that was given up is no failed attempt.');
    await second.complete('done');
    const answer = await one.claim<string>(scene.key);
    assert.deepEqual(answer, { status: 'completed', value: 'done' });
  },
};
