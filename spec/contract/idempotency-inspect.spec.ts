import { expect } from 'chai';
import { fingerprintOf, IdempotencyStore } from '../../src/index.js';
import { claimOf, endLease } from '../support/claims.js';
import { onEachRedis } from '../support/engines.js';
import { rawRecord } from '../support/raw-record.js';

onEachRedis('IdempotencyStore.inspect', (engine) => {
  const payload = { card: '4111' };

  it('gives undefined for a key without a record', async () => {
    const store = new IdempotencyStore(await engine.connect());
    expect(await store.inspect('key')).to.equal(undefined);
    await (await claimOf(store, 'key')).abandon();
    expect(await store.inspect('key')).to.equal(undefined);
  });

  it('tells who is in progress', async () => {
    const store = new IdempotencyStore(await engine.connect());
    const claim = await claimOf(store, 'key', { leaseSeconds: 20, fingerprint: payload });
    const { ageSeconds, leaseSecondsLeft, ttlSecondsLeft, ...facts } =
      (await store.inspect('key')) ?? expect.fail();
    expect(facts).to.deep.equal({
      key: 'key',
      state: 'in-progress',
      attempt: 1,
      token: claim.token,
      fingerprint: fingerprintOf(payload),
    });
    expect(ageSeconds).to.be.within(0, 5);
    expect(leaseSecondsLeft).to.be.within(15, 20);
    expect(ttlSecondsLeft).to.be.within(3600, 3620);
  });

  it('tells that a result is there and how large, never the result', async () => {
    const store = new IdempotencyStore(await engine.connect());
    await store.run('key', async () => 'SECRET-PAYLOAD');
    const record = (await store.inspect('key')) ?? expect.fail();
    expect(record).to.include({ key: 'key', state: 'completed', attempt: 1 });
    expect(Object.keys(record).sort()).to.deep.equal(
      ['key', 'state', 'attempt', 'token', 'ageSeconds', 'ttlSecondsLeft', 'resultBytes'].sort(),
    );
    expect(record.resultBytes).to.be.within(14, 60);
    expect(record.ttlSecondsLeft).to.be.within(3590, 3600);
    expect(JSON.stringify(record)).not.to.contain('SECRET');
  });

  it('tells that a key was completed without a result', async () => {
    const store = new IdempotencyStore(await engine.connect());
    await store.run('key', async () => () => {});
    const record = await store.inspect('key');
    expect(record).to.include({ state: 'completed-without-result', attempt: 1 });
    expect(record).not.to.have.any.keys('resultBytes', 'leaseSecondsLeft');
  });

  it('tells that an owner has not renewed, and its take-over', async () => {
    const redis = await engine.connect();
    const store = new IdempotencyStore(redis);
    await claimOf(store, 'key');
    await endLease(redis, engine, 'key');
    expect(await store.inspect('key')).to.include({ state: 'abandoned', attempt: 1 });
    expect(await store.inspect('key')).not.to.have.property('leaseSecondsLeft');
    await claimOf(store, 'key');
    expect(await store.inspect('key')).to.include({ state: 'in-progress', attempt: 2 });
  });

  it('changes nothing', async () => {
    const redis = await engine.connect();
    const store = new IdempotencyStore(redis);
    await claimOf(store, 'key', { fingerprint: payload });
    const before = await rawRecord(redis, engine, 'key');
    await store.inspect('key');
    expect(await rawRecord(redis, engine, 'key')).to.deep.equal(before);
  });
});
