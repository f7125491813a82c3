import { expect } from 'chai';
import { IdempotencyStore, isIdempotencyInProgressError } from '../../src/index.js';
import { claimOf, endLease, openRun } from '../support/claims.js';
import { onEachRedis } from '../support/engines.js';
import { eventually } from '../support/eventually.js';
import { rawRecord, recordKey } from '../support/raw-record.js';
import { rejectionOf } from '../support/rejection.js';

onEachRedis('the lease of a claim', (engine) => {
  const lost = { code: 'QX_IDEMPOTENCY_CLAIM_LOST' };

  it('is renewed by a live owner, however long the work takes', async () => {
    const store = new IdempotencyStore(await engine.connect(), { leaseSeconds: 0.6 });
    const other = new IdempotencyStore(await engine.connect());
    const run = openRun<string>(store, 'key');
    await run.started;
    const startedAt = performance.now();
    const renewals = new Set<unknown>();
    await eventually(async () => {
      const record = await other.inspect('key');
      expect(record?.state).to.equal('in-progress');
      renewals.add(Math.round((performance.now() + record!.leaseSecondsLeft! * 1000) / 50));
      return performance.now() - startedAt > 1500;
    });
    expect(renewals.size).to.be.greaterThan(3);
    expect((await other.claim('key')).status).to.equal('in-progress');
    run.finish('done');
    expect(await run.outcome).to.deep.equal({ value: 'done', replayed: false });
  });

  it('passes to the next caller once it ended, with attempt one higher', async () => {
    const redis = await engine.connect();
    const store = new IdempotencyStore(redis);
    const first = await claimOf(store, 'key');
    await endLease(redis, engine, 'key');
    const second = await claimOf(store, 'key');
    expect(second.attempt).to.equal(2);
    expect(second.token).to.be.greaterThan(first.token);
    await endLease(redis, engine, 'key');
    expect((await claimOf(store, 'key')).attempt).to.equal(3);
  });

  it('passes to a caller that waits, without any push', async () => {
    const redis = await engine.connect();
    const store = new IdempotencyStore(redis);
    await redis.hset(recordKey(engine, 'key'), {
      state: 'in-progress',
      owner: 'dead',
      token: '5',
      attempt: '1',
      since: '1',
    });
    await redis.hset(recordKey(engine, 'key'), 'until', String(Date.now() + 400));
    const outcome = await store.run('key', async (claim) => claim.attempt);
    expect(outcome).to.deep.equal({ value: 2, replayed: false });
  });

  it('once passed on can not be completed, renewed or given up by its late owner', async () => {
    const redis = await engine.connect();
    const store = new IdempotencyStore(redis);
    const late = openRun<string>(store, 'key');
    const claim = await late.started;
    await endLease(redis, engine, 'key');
    const successor = await claimOf(store, 'key');
    const before = await rawRecord(redis, engine, 'key');

    expect(await rejectionOf(claim.renew())).to.include(lost);
    expect(claim.signal.aborted).to.equal(true);
    expect(claim.signal.reason).to.include(lost);
    late.finish('late');
    expect(await rejectionOf(late.outcome)).to.include({ ...lost, value: 'late' });
    await claim.abandon();
    expect(await rawRecord(redis, engine, 'key')).to.deep.equal(before);

    await successor.complete('new');
    expect(await rejectionOf(claim.complete('late again'))).to.include(lost);
    expect(await store.get('key')).to.equal('new');
  });

  it('once passed on is not given back by the failure of its late owner', async () => {
    const redis = await engine.connect();
    const store = new IdempotencyStore(redis);
    const late = openRun<string>(store, 'key');
    await late.started;
    await endLease(redis, engine, 'key');
    await claimOf(store, 'key');
    late.finish(Promise.reject(new Error('failed late')) as never);
    expect((await rejectionOf(late.outcome)).message).to.equal('failed late');
    expect((await store.claim('key')).status).to.equal('in-progress');
  });

  it('that ended still completes while nobody has taken over', async () => {
    const redis = await engine.connect();
    const store = new IdempotencyStore(redis);
    const claim = await claimOf(store, 'key');
    await endLease(redis, engine, 'key');
    await claim.complete('late but alone');
    expect(claim.signal.aborted).to.equal(false);
    expect(await store.get('key')).to.equal('late but alone');
  });

  it('that ended is renewed while nobody has taken over', async () => {
    const redis = await engine.connect();
    const store = new IdempotencyStore(redis);
    const claim = await claimOf(store, 'key');
    await endLease(redis, engine, 'key');
    await claim.renew();
    expect((await store.claim('key')).status).to.equal('in-progress');
  });

  it('fences its late owner for as long as that may come back, also after the successor gave up', async () => {
    const redis = await engine.connect();
    const store = new IdempotencyStore(redis, { ttlSeconds: 7200 });
    await claimOf(store, 'key');
    await endLease(redis, engine, 'key');
    await (await claimOf(store, 'key')).abandon();
    const ttl = await redis.ttl(recordKey(engine, 'key'));
    expect(ttl).to.be.greaterThan(7000);
  });

  describe("with takeover: 'never'", () => {
    const options = { takeover: 'never' } as const;
    const abandoned = { code: 'QX_IDEMPOTENCY_IN_PROGRESS', abandoned: true };

    it('does not pass on: callers get an error that says so, until the key is deleted', async () => {
      const redis = await engine.connect();
      const store = new IdempotencyStore(redis);
      const run = openRun<string>(store, 'key', options);
      await run.started;
      await endLease(redis, engine, 'key');
      const work = async () => 'second';
      expect(await rejectionOf(store.run('key', work, options))).to.include(abandoned);
      expect(await rejectionOf(store.run('key', work))).to.include(abandoned);
      const error = await rejectionOf(store.claim('key'));
      expect(isIdempotencyInProgressError(error) && error.retryAfterSeconds).to.be.within(
        3500,
        3630,
      );
      await store.delete('key');
      expect(await store.run('key', work, options)).to.deep.equal({
        value: 'second',
        replayed: false,
      });
    });

    it('still lets an owner that was only slow complete', async () => {
      const redis = await engine.connect();
      const store = new IdempotencyStore(redis);
      const run = openRun<string>(store, 'key', options);
      await run.started;
      await endLease(redis, engine, 'key');
      run.finish('slow');
      expect((await run.outcome).value).to.equal('slow');
    });

    it('asked for by one waiter alone, is no answer to the others', async () => {
      const redis = await engine.connect();
      const store = new IdempotencyStore(redis);
      await claimOf(store, 'key');
      const careful = store.run('key', async () => 'careful', options);
      const other = store.run('key', async () => 'other');
      careful.catch(() => {});
      await endLease(redis, engine, 'key');
      let isOver = false;
      void Promise.allSettled([careful, other]).then(() => {
        isOver = true;
      });
      await eventually(async () => {
        await redis.publish(`${recordKey(engine, 'key')}:changed`, 'look');
        return isOver;
      });
      expect(await rejectionOf(careful)).to.include(abandoned);
      expect(await other).to.deep.equal({ value: 'other', replayed: false });
    });

    it('does pass on after a failure: nothing died', async () => {
      const store = new IdempotencyStore(await engine.connect());
      const failing = store.run('key', () => Promise.reject(new Error('declined')), options);
      await rejectionOf(failing);
      expect((await store.run('key', async () => 1, options)).replayed).to.equal(false);
    });
  });
});
