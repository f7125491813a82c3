import { expect } from 'chai';
import fc from 'fast-check';
import { IdempotencyStore } from '../../src/index.js';
import { areaPrefix, type KeyArea, redisKey } from '../../src/redis/key-space.js';
import { openRun } from '../support/claims.js';
import { onEachRedis, onRealRedis } from '../support/engines.js';
import { eventually } from '../support/eventually.js';
import { hostileString as hostile, hostileNames } from '../support/hostile-strings.js';

const areas: readonly KeyArea[] = ['cache', 'idempotency', 'lock'];
const area = fc.constantFrom(...areas);
const namespace = fc.stringMatching(/^[\w.:-]{1,8}$/);
const part = fc.constantFrom(undefined, 'changed', 'queue');

/** What Redis Cluster hashes: the text between the first brace and the next closing one. */
const hashTag = (key: string) => /\{([^}]+)\}/.exec(key)?.[1];

describe('the key of a user in Redis', () => {
  it('starts with NAMESPACE:AREA:', () => {
    fc.assert(
      fc.property(namespace, area, hostile, part, (name, kind, key, more) => {
        expect(redisKey(name, kind, key, more).startsWith(`${name}:${kind}:`)).to.equal(true);
        expect(areaPrefix(name, kind)).to.equal(`${name}:${kind}:`);
      }),
    );
  });

  it('meets no other key', () => {
    fc.assert(
      fc.property(area, hostile, part, area, hostile, part, (kind, a, more, otherKind, b, rest) => {
        const same = kind === otherKind && a === b && more === rest;
        const equal = redisKey('qx', kind, a, more) === redisKey('qx', otherKind, b, rest);
        expect(equal).to.equal(same);
      }),
      { numRuns: 2000, examples: [['lock', 'a}:queue', undefined, 'lock', 'a', 'queue']] },
    );
  });

  it('is one hash tag, that all its parts share and no brace in it can break', () => {
    fc.assert(
      fc.property(namespace, area, hostile, (name, kind, key) => {
        const tag = hashTag(redisKey(name, kind, key));
        expect(tag).to.be.a('string').and.not.equal('');
        expect(hashTag(redisKey(name, kind, key, 'queue'))).to.equal(tag);
        expect(tag).not.to.match(/[{}]/);
      }),
      { numRuns: 1000 },
    );
  });

  it('reads as the user wrote it when there is nothing to encode', () => {
    expect(redisKey('qx', 'idempotency', 'create-order:42')).to.equal(
      'qx:idempotency:{create-order:42}',
    );
  });
});

onEachRedis('IdempotencyStore with hostile keys', (engine) => {
  it('stores each under its own key, inside its namespace', async () => {
    const redis = await engine.connect();
    const store = new IdempotencyStore(redis);
    const sample = hostileNames(100);
    for (const key of sample) await store.run(key, async () => `of ${key}`);
    for (const key of sample) expect(await store.get(key)).to.equal(`of ${key}`);
    const keys = await redis.keys(`${engine.namespace()}*`);
    expect(keys).to.have.length(sample.length);
    for (const key of keys) {
      expect(key.startsWith(`${engine.namespace()}:idempotency:{`)).to.equal(true);
    }
  });
});

onEachRedis('keys of IdempotencyStore', (engine) => {
  it('never stay without an expiry, whatever became of them', async () => {
    const redis = await engine.connect();
    const store = new IdempotencyStore(redis, { maxResultBytes: 100 });
    await store.claim('claimed');
    await store.run('completed', async () => 1);
    await store.run('unstorable', async () => 'x'.repeat(200));
    await store.run('failed', () => Promise.reject(new Error())).catch(() => {});
    await store.set('set', 1);
    await store.set('deleted', 1);
    await store.delete('deleted');
    const renewed = await store.claim('renewed');
    if (renewed.status === 'claimed') await renewed.claim.renew();
    const keys = await redis.keys(`${engine.namespace()}:*`);
    expect(keys).to.have.length(7);
    for (const key of keys) expect(await redis.pttl(key), key).to.be.greaterThan(0);
  });
});

onRealRedis('channels of IdempotencyStore', (engine) => {
  it('start as its keys do', async () => {
    const redis = await engine.connect();
    const store = new IdempotencyStore(redis);
    const run = openRun<number>(store, 'a{b');
    await run.started;
    const waiting = store.run('a{b', async () => 2);
    const channels = async () =>
      (await redis.call('PUBSUB', 'CHANNELS', `${engine.namespace()}*`)) as string[];
    const channel = await eventually(async () => (await channels())[0]);
    expect(channel).to.equal(`${engine.namespace()}:idempotency:{a%7Bb}:changed`);
    run.finish(1);
    await waiting;
  });

  it('and keys can be allowed by an ACL on the prefixes alone', async () => {
    const admin = await engine.connect();
    const name = engine.namespace();
    const rights = [`~${name}:idempotency:*`, `~${name}:cache:*`, `&${name}:idempotency:*`];
    await admin.call('ACL', 'SETUSER', name, 'on', '>pw', ...rights, '+@all');
    const url = engine.url().replace('redis://', `redis://${name}:pw@`);
    const redis = await engine.connect({ url });
    const store = new IdempotencyStore(redis);
    const run = openRun<number>(store, 'key');
    await run.started;
    const waiting = store.run('key', async () => 2);
    run.finish(1);
    expect((await waiting).value).to.equal(1);
    expect(await store.delete('key')).to.equal(true);
    await admin.call('ACL', 'DELUSER', name);
  });
});
