import assert from 'node:assert/strict';
import type { CaseBodies } from '../conformance-case.js';
import { becomes, rejectionOf } from '../expectations.js';
import { gate } from '../gate.js';
import type { CacheScene } from './cache-scene.js';

const options = { ttlSeconds: 60 };

/** What `getOrSet` loads, and what is stored of it. */
export const loadCases: CaseBodies<CacheScene> = {
  'of many callers that miss a value at once one loads, and all get what it loaded': async (
    scene,
  ) => {
    const caches = await Promise.all([1, 2, 3, 4].map(() => scene.newCache()));
    const finish = gate();
    let loads = 0;
    const load = async () => {
      loads += 1;
      const value = { load: loads };
      await finish.opened;
      return value;
    };
    const callers = [...caches, ...caches, ...caches];
    const values = scene.background(
      Promise.all(callers.map((cache) => cache.getOrSet(scene.key, load, options))),
    );
    // Whoever would load too has begun to when its cache answers a later question.
    await Promise.all(caches.map((cache) => cache.exists(scene.key)));
    finish.open();
    for (const value of await values) assert.deepEqual(value, { load: 1 });
    assert.equal(loads, 1, `It should be loaded once, not ${loads} times.`);
  },

  'what is there is not loaded again, until its ttlSeconds are over; null is a value': async (
    scene,
  ) => {
    const cache = await scene.newCache();
    const { load, loads } = counting(null);
    for (let i = 0; i < 3; i += 1) {
      assert.equal(await cache.getOrSet(scene.key, load, { ttlSeconds: 0.3 }), null);
      assert.equal(loads(), 1, 'It should be loaded once.');
      if (i === 1) assert.equal(await cache.get(scene.key), null);
    }
    await becomes(
      'its time should be over',
      async () => (await cache.get(scene.key)) === undefined,
    );
    await cache.getOrSet(scene.key, load, options);
    assert.equal(loads(), 2, 'It should be loaded again when its time is over.');
  },

  'a failed load reaches only its caller, is not stored, and the next one loads': async (scene) => {
    const [one, two] = [await scene.newCache(), await scene.newCache()];
    const { loading, fail } = await scene.openLoad(one);
    const next = scene.background(two.getOrSet(scene.key, async () => 2, options));
    await two.exists(scene.key);
    const declined = new Error('declined');
    fail(declined);
    assert.equal(await rejectionOf(loading, 'The caller whose load failed'), declined);
    assert.equal(await next, 2);
    assert.equal(await one.get(scene.key), 2);
  },

  'a delete during a load wins: its value goes to its callers and is not stored': async (scene) => {
    const [one, two] = [await scene.newCache(), await scene.newCache()];
    const { loading, finish } = await scene.openLoad(one);
    await two.delete(scene.key);
    finish('old');
    assert.equal(await loading, 'old');
    assert.equal(await two.get(scene.key), undefined);
  },

  'a set during a load wins: the value that was loaded is not stored': async (scene) => {
    const [one, two] = [await scene.newCache(), await scene.newCache()];
    const { loading, finish } = await scene.openLoad(one);
    await two.set(scene.key, 'new');
    finish('old');
    await loading;
    assert.equal(await one.get(scene.key), 'new');
  },

  'with staleSeconds an expired value is served while one caller loads it anew; get gives no stale one':
    async (scene) => {
      const cache = await scene.newCache();
      const stale = { ttlSeconds: 0.1, staleSeconds: 60 };
      await cache.getOrSet(scene.key, async () => 'old', stale);
      await becomes(
        'its time should be over',
        async () => (await cache.get(scene.key)) === undefined,
      );
      const [started, finish] = [gate(), gate()];
      let loads = 0;
      const load = async () => {
        loads += 1;
        started.open();
        await finish.opened;
        return 'new';
      };
      scene.onEnd(finish.open);
      const lasting = { ...stale, ttlSeconds: 60 };
      const served = [1, 2, 3].map(() => cache.getOrSet(scene.key, load, lasting));
      assert.deepEqual(await Promise.all(served), ['old', 'old', 'old']);
      await started.opened;
      assert.equal(await cache.get(scene.key), undefined);
      finish.open();
      await becomes('it should be loaded anew', async () => (await cache.get(scene.key)) === 'new');
      assert.equal(loads, 1, `It should be loaded once, not ${loads} times.`);
    },
};

function counting<T>(value: T) {
  let loads = 0;
  const load = async () => {
    loads += 1;
    return value;
  };
  return { load, loads: () => loads };
}
