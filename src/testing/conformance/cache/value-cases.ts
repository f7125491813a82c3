import assert from 'node:assert/strict';
import type { CaseBodies } from '../conformance-case.js';
import { becomes, rejectsWith } from '../expectations.js';
import type { CacheScene } from './cache-scene.js';

/** What is stored, and for how long. */
export const valueCases: CaseBodies<CacheScene> = {
  'undefined is an absent value; null, false, 0 and the empty text are values': async (scene) => {
    const cache = await scene.newCache();
    assert.equal(await cache.get(scene.key), undefined);
    assert.equal(await cache.exists(scene.key), false);
    for (const value of [null, false, 0, '']) {
      await cache.set(scene.key, value);
      assert.equal(await cache.get(scene.key), value);
      assert.equal(await cache.exists(scene.key), true);
      assert.deepEqual(await cache.getMany([scene.key]), new Map([[scene.key, value]]));
    }
  },

  'values come back as they were': async (scene) => {
    const cache = await scene.newCache();
    const value = {
      date: new Date(5),
      map: new Map([['a', new Set([1n])]]),
      missing: undefined,
      notANumber: Number.NaN,
      bytes: new Uint8Array([0, 255]),
      nested: [{ nothing: null }],
    };
    await cache.set(scene.key, value);
    const { bytes, ...rest } = (await cache.get<typeof value>(scene.key)) ?? assert.fail('absent');
    // A Buffer is as good.
    assert.deepEqual({ ...rest, bytes: new Uint8Array(bytes) }, value);
    await cache.set(scene.key, new RangeError('far'));
    const error = await cache.get(scene.key);
    assert.ok(error instanceof Error, 'An error should come back as one.');
    assert.equal(error.message, 'far');
  },

  'a value that cannot come back is refused when it is written': async (scene) => {
    const cache = await scene.newCache();
    const bad = { good: 1, inner: { bad: () => 1 } };
    const error = await rejectsWith<{ code: 'QX_SERIALIZATION'; message: string }>(
      'QX_SERIALIZATION',
      cache.set(scene.key, bad),
      'A function',
    );
    assert.match(error.message, /inner\.bad/, 'The error should name the place in the value.');
    const entries = { [scene.key]: 1, [scene.otherKey]: bad } as Record<string, unknown>;
    await rejectsWith('QX_SERIALIZATION', cache.setMany(entries), 'A function among others');
    assert.equal(await cache.exists(scene.key), false, 'Nothing should have been written.');
  },

  'a value ends with its ttlSeconds': async (scene) => {
    const cache = await scene.newCache();
    await cache.set(scene.key, 1, { ttlSeconds: 60 });
    const left = (await cache.ttl(scene.key)) ?? 0;
    assert.ok(left > 0 && left <= 60, `${left} s should be at most 60.`);
    await cache.set(scene.key, 1, { ttlSeconds: 0.1 });
    await cache.setMany([[scene.otherKey, 1]], { ttlSeconds: 0.1 });
    for (const key of [scene.key, scene.otherKey]) {
      await becomes('its time should be over', async () => (await cache.get(key)) === undefined);
      assert.equal(await cache.exists(key), false);
      assert.equal(await cache.ttl(key), undefined);
    }
  },

  'a value that is set without one has no end, whatever was there before': async (scene) => {
    const cache = await scene.newCache();
    await cache.set(scene.key, 1, { ttlSeconds: 60 });
    await cache.set(scene.key, 2);
    assert.equal(await cache.ttl(scene.key), Number.POSITIVE_INFINITY);
  },

  'set with "when" stores only what is absent, or only what is present': async (scene) => {
    const cache = await scene.newCache();
    assert.equal(await cache.set(scene.key, 1, { when: 'present' }), false);
    assert.equal(await cache.get(scene.key), undefined);
    assert.equal(await cache.set(scene.key, 2, { when: 'absent' }), true);
    assert.equal(await cache.set(scene.key, 3, { when: 'absent' }), false);
    assert.equal(await cache.get(scene.key), 2);
    assert.equal(await cache.set(scene.key, 4, { when: 'present' }), true);
    assert.equal(await cache.get(scene.key), 4);
  },

  'delete tells how many values were there': async (scene) => {
    const cache = await scene.newCache();
    await cache.set(scene.key, 1);
    assert.equal(await cache.delete(scene.key, scene.otherKey), 1);
    assert.equal(await cache.delete(scene.key, scene.otherKey), 0);
    assert.equal(await cache.get(scene.key), undefined);
  },

  'getMany gives what is there, and setMany takes pairs or an object': async (scene) => {
    const cache = await scene.newCache();
    const { key, otherKey } = scene;
    await cache.setMany({ [key]: 1 });
    const found = await cache.getMany([otherKey, key]);
    assert.deepEqual([...found], [[key, 1]]);
    await cache.setMany(new Map([[otherKey, 2]]));
    assert.deepEqual(
      [...(await cache.getMany([otherKey, key]))],
      [
        [otherKey, 2],
        [key, 1],
      ],
    );
  },

  'a stored value that does not pass the schema is refused; one that does comes as its output':
    async (scene) => {
      const cache = await scene.newCache();
      await cache.set(scene.key, 'tea');
      const schema = (issues: readonly { message: string }[] | undefined) => ({
        '~standard': {
          version: 1 as const,
          vendor: 'conformance',
          validate: (value: unknown) => (issues ? { issues } : { value: `${value}!` }),
        },
      });
      assert.equal(await cache.get(scene.key, { schema: schema(undefined) }), 'tea!');
      const refused = cache.get(scene.key, { schema: schema([{ message: 'no tea' }]) });
      await rejectsWith('QX_SERIALIZATION', refused, 'A value that does not pass');
    },
};
