import { expect } from 'chai';
import { IdempotencyStore, type IdempotencyStoreOptions } from '../../src/index.js';
import { claimOf, openRun } from '../support/claims.js';
import { onEachRedis } from '../support/engines.js';
import { rawRecord, recordKey } from '../support/raw-record.js';
import { rejectionOf } from '../support/rejection.js';

onEachRedis('IdempotencyStore', (engine) => {
  const open = async (options?: IdempotencyStoreOptions) =>
    new IdempotencyStore(await engine.connect(), options);
  const never = async () => expect.fail('ran a second time');

  describe('get and set', () => {
    it('read this way together, as in the original', async () => {
      const store = await open({ ttlSeconds: 3600 });
      expect(await store.get('key')).to.equal(undefined);
      expect(await store.set('key', { id: 1 })).to.equal(true);
      expect(await store.get('key')).to.deep.equal({ id: 1 });
    });

    it('keep a completed result: set says false and changes nothing', async () => {
      const redis = await engine.connect();
      const store = new IdempotencyStore(redis);
      await store.run('key', async () => 'first');
      const before = await rawRecord(redis, engine, 'key');
      expect(await store.set('key', 'second')).to.equal(false);
      expect(await rawRecord(redis, engine, 'key')).to.deep.equal(before);
      expect(await store.get('key')).to.equal('first');
    });

    it('give completed results only: a key in progress reads as absent', async () => {
      const store = await open();
      await claimOf(store, 'key');
      expect(await store.get('key')).to.equal(undefined);
    });

    it('let a set on a key in progress store, and its owner lose', async () => {
      const store = await open();
      const run = openRun(store, 'key');
      const claim = await run.started;
      expect(await store.set('key', 'set')).to.equal(true);
      run.finish('late' as never);
      const error = await rejectionOf(run.outcome);
      expect(error).to.include({ code: 'QX_IDEMPOTENCY_CLAIM_LOST', value: 'late' });
      expect(claim.signal.aborted).to.equal(true);
      expect(await store.get('key')).to.equal('set');
    });

    it('end a result with its own TTL', async () => {
      const redis = await engine.connect();
      const store = new IdempotencyStore(redis, { ttlSeconds: 100 });
      await store.set('a', 1);
      await store.set('b', 1, { ttlSeconds: 50 });
      await store.run('c', async () => 1, { ttlSeconds: 25 });
      const ttls = await Promise.all(['a', 'b', 'c'].map((k) => redis.ttl(recordKey(engine, k))));
      for (const [i, ttl] of [100, 50, 25].entries()) expect(ttls[i]).to.be.within(ttl - 5, ttl);
    });

    it('refuse a failed Result, which is never stored', async () => {
      const store = await open();
      const { Result } = await import('../../src/index.js');
      const error = await rejectionOf(store.set('key', Result.failure(new Error('declined'))));
      expect(error).to.include({ code: 'QX_SERIALIZATION' });
      expect(await store.inspect('key')).to.equal(undefined);
    });
  });

  describe('claim', () => {
    it('claims a free key as attempt 1, with a token', async () => {
      const claim = await claimOf(await open(), 'key');
      expect(claim).to.include({ key: 'key', attempt: 1 });
      expect(Number.isSafeInteger(claim.token)).to.equal(true);
    });

    it('says who is in progress, and for how long', async () => {
      const store = await open({ leaseSeconds: 20 });
      await claimOf(store, 'key');
      const second = await store.claim('key');
      expect(Object.keys(second)).to.have.members(['status', 'expiresInSeconds']);
      expect(second.status === 'in-progress' && second.expiresInSeconds).to.be.within(10, 20);
    });

    it('gives the result once it is complete', async () => {
      const store = await open();
      await (await claimOf(store, 'key')).complete('result');
      expect(await store.claim('key')).to.deep.equal({ status: 'completed', value: 'result' });
    });

    it('is free again, as attempt 1 with a larger token, after it was given up', async () => {
      const store = await open();
      const first = await claimOf(store, 'key');
      await first.abandon();
      const second = await claimOf(store, 'key');
      expect(second.attempt).to.equal(1);
      expect(second.token).to.be.greaterThan(first.token);
    });

    it('abandoned twice, or after it was completed, does nothing more', async () => {
      const store = await open();
      const claim = await claimOf(store, 'key');
      await claim.complete(1);
      await claim.abandon();
      await claim.abandon();
      expect(await store.get('key')).to.equal(1);
    });

    it('grows its token with every claim, also after set and delete', async () => {
      const store = await open();
      const tokens: number[] = [];
      for (let i = 0; i < 20; i += 1) {
        tokens.push((await claimOf(store, 'key')).token);
        if (i % 2) await store.set('key', i);
        await store.delete('key');
      }
      expect(tokens).to.deep.equal([...new Set(tokens)].sort((a, b) => a - b));
    });
  });

  describe('keys', () => {
    const bad = ['', undefined, null, 7, {}, '\ud800', 'x'.repeat(8193)];
    for (const key of bad as string[]) {
      it(`refuses ${typeof key} ${JSON.stringify(key)?.slice(0, 12)} before anything is sent`, async () => {
        const store = await open();
        const calls = [
          () => store.get(key),
          () => store.set(key, 1),
          () => store.claim(key),
          () => store.run(key, never),
          () => store.inspect(key),
          () => store.delete(key),
        ];
        for (const call of calls) {
          expect(await rejectionOf(call())).to.include({ code: 'QX_IDEMPOTENCY_KEY' });
        }
        const redis = await engine.connect();
        expect(await redis.keys(`${engine.namespace()}:*`)).to.deep.equal([]);
      });
    }
  });

  describe('delete', () => {
    it('says whether there was something', async () => {
      const store = await open();
      expect(await store.delete('key')).to.equal(false);
      await store.set('key', 1);
      expect(await store.delete('key')).to.equal(true);
      expect(await store.delete('key')).to.equal(false);
      expect(await store.get('key')).to.equal(undefined);
    });

    it('frees a key in progress and fences its owner', async () => {
      const store = await open();
      const claim = await claimOf(store, 'key');
      expect(await store.delete('key')).to.equal(true);
      expect(await rejectionOf(claim.renew())).to.include({ code: 'QX_IDEMPOTENCY_CLAIM_LOST' });
      expect(await rejectionOf(claim.complete(1))).to.include({
        code: 'QX_IDEMPOTENCY_CLAIM_LOST',
      });
      expect(claim.signal.aborted).to.equal(true);
      expect((await claimOf(store, 'key')).attempt).to.equal(1);
    });
  });
});
