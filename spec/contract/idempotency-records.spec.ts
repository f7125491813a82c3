import { expect } from 'chai';
import type { Cluster, Redis } from 'ioredis';
import { createCodec, IdempotencyStore } from '../../src/index.js';
import { openRun } from '../support/claims.js';
import { onEachRedis } from '../support/engines.js';
import { recordKey } from '../support/raw-record.js';
import { rejectionOf } from '../support/rejection.js';

type Write = (redis: Redis | Cluster, key: string) => Promise<unknown>;

/** What may be found where a record should be. */
const foreign: Record<string, Write> = {
  'a string': (redis, key) => redis.set(key, 'theirs'),
  'a list': (redis, key) => redis.rpush(key, 'theirs'),
  'a set': (redis, key) => redis.sadd(key, 'theirs'),
  'a hash of other fields': (redis, key) => redis.hset(key, 'theirs', '1'),
  'a hash of another state': (redis, key) => redis.hset(key, { state: 'odd', token: '1' }),
  'a record without a token': (redis, key) => redis.hset(key, { state: 'completed', result: 'x' }),
  'a record with a token that is no number': (redis, key) =>
    redis.hset(key, { state: 'completed', token: 'x', result: 'x' }),
};

/** Readable as a record, but its result is not. */
const damaged: Record<string, string> = {
  'cut bytes': 'devalue1:["unfinished',
  'no codec id': '[1]',
  'another codec': 'other1:[1]',
  nothing: '',
};

onEachRedis('a key that holds', (engine) => {
  const serialization = { code: 'QX_SERIALIZATION' };
  const never = async () => expect.fail('ran');
  const dump = async (redis: Redis | Cluster, key: string) => {
    const type = await redis.type(key);
    const content = { string: 'get', hash: 'hgetall', set: 'smembers' } as const;
    if (type === 'list') return redis.lrange(key, 0, -1);
    return redis[content[type as keyof typeof content]](key);
  };

  for (const [title, write] of Object.entries(foreign)) {
    it(`${title} gives CacheSerializationError; the work does not run and nothing is overwritten`, async () => {
      const redis = await engine.connect();
      const store = new IdempotencyStore(redis);
      await write(redis, recordKey(engine, 'key'));
      const before = await dump(redis, recordKey(engine, 'key'));
      const calls = [
        () => store.get('key'),
        () => store.set('key', 1),
        () => store.claim('key'),
        () => store.run('key', never),
        () => store.inspect('key'),
      ];
      for (const call of calls) expect(await rejectionOf(call())).to.include(serialization);
      expect(await dump(redis, recordKey(engine, 'key'))).to.deep.equal(before);
      expect(await store.delete('key')).to.equal(true);
      expect((await store.run('key', async () => 1)).replayed).to.equal(false);
    });
  }

  for (const [title, result] of Object.entries(damaged)) {
    it(`a result with ${title} gives CacheSerializationError; nothing is overwritten`, async () => {
      const redis = await engine.connect();
      const store = new IdempotencyStore(redis);
      await store.set('key', 1);
      await redis.hset(recordKey(engine, 'key'), 'result', result);
      expect(await rejectionOf(store.get('key'))).to.include(serialization);
      expect(await rejectionOf(store.run('key', never))).to.include(serialization);
      expect(await redis.hget(recordKey(engine, 'key'), 'result')).to.equal(result);
    });
  }

  it('what another codec wrote gives CacheSerializationError that names both codecs', async () => {
    const redis = await engine.connect();
    const codec = { ...createCodec(), id: 'theirs-2' };
    await new IdempotencyStore(redis, { codec }).run('key', async () => 1);
    const error = await rejectionOf(new IdempotencyStore(redis).run('key', never));
    expect(error).to.include(serialization);
    expect(error.message)
      .to.match(/"theirs-2"/)
      .and.match(/"devalue1"/);
  });

  it('a result that looks like Lua, JSON or a reply is opaque to the scripts', async () => {
    const store = new IdempotencyStore(await engine.connect());
    const values = ['completed', '\r\n$-1\r\n', '{}', [], '12345678901234567890', 'nil', '%s %d'];
    for (const [i, value] of values.entries()) {
      await store.run(`key-${i}`, async () => value as unknown);
      const replay = await store.run(`key-${i}`, async () => 'other' as unknown);
      expect(replay).to.deep.equal({ value, replayed: true });
    }
  });

  for (const [title, write] of Object.entries(foreign)) {
    it(`${title} since its owner started makes the owner lose, with the value it made`, async () => {
      const redis = await engine.connect();
      const run = openRun<string>(new IdempotencyStore(redis), 'key');
      await run.started;
      await redis.del(recordKey(engine, 'key'));
      await write(redis, recordKey(engine, 'key'));
      const before = await dump(redis, recordKey(engine, 'key'));
      run.finish('done');
      const error = await rejectionOf(run.outcome);
      expect(error).to.include({ code: 'QX_IDEMPOTENCY_CLAIM_LOST', value: 'done' });
      expect(await dump(redis, recordKey(engine, 'key'))).to.deep.equal(before);
    });
  }
});
