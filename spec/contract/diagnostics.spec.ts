import { channel } from 'node:diagnostics_channel';
import { expect } from 'chai';
import { eventChannel } from '../../src/diagnostics/event-channel.js';
import { type IdempotencyEvent, IdempotencyStore, Result } from '../../src/index.js';
import { claimOf, endLease, openRun } from '../support/claims.js';
import { onEachRedis } from '../support/engines.js';
import { recordEvents } from '../support/recorded-events.js';
import { rejectionOf } from '../support/rejection.js';

onEachRedis('qx-cache:idempotency', (engine) => {
  const events = recordEvents<IdempotencyEvent>('qx-cache:idempotency');
  const names = () => events.map(({ event }) => event);
  const open = async () => new IdempotencyStore(await engine.connect());

  it('tells claimed (with attempt and token), then completed', async () => {
    const token = await (await open()).run('key', async (claim) => claim.token);
    expect(events).to.deep.equal([
      { event: 'claimed', key: 'key', attempt: 1, token: token.value },
      { event: 'completed', key: 'key', attempt: 1, token: token.value },
    ]);
  });

  it('tells a take-over by its attempt', async () => {
    const redis = await engine.connect();
    const store = new IdempotencyStore(redis);
    await claimOf(store, 'key');
    await endLease(redis, engine, 'key');
    await claimOf(store, 'key');
    expect(events.map((event) => 'attempt' in event && event.attempt)).to.deep.equal([1, 2]);
  });

  it('tells replayed', async () => {
    const store = await open();
    await store.set('key', 1);
    await store.run('key', async () => 2);
    await store.claim('key');
    expect(events).to.deep.equal([
      { event: 'replayed', key: 'key' },
      { event: 'replayed', key: 'key' },
    ]);
  });

  it('tells waited, and for how long', async () => {
    const store = await open();
    const run = openRun<number>(store, 'key');
    await run.started;
    const waiting = store.run('key', async () => 2);
    run.finish(1);
    await waiting;
    const waited = events.find(({ event }) => event === 'waited');
    expect(waited).to.include({ key: 'key' });
    expect(waited && 'waitedSeconds' in waited && waited.waitedSeconds).to.be.within(0, 5);
    expect(names()).to.have.members(['claimed', 'completed', 'waited', 'replayed']);
  });

  const failures: Record<string, (store: IdempotencyStore) => Promise<unknown>> = {
    'work that throws': (store) => rejectionOf(store.run('key', () => Promise.reject(new Error()))),
    'a failed Result': (store) => store.run('key', async () => Result.failure(new Error())),
    'storeWhen that says no': (store) =>
      store.run('key', async () => 1, { storeWhen: () => false }),
    'abandon()': async (store) => (await claimOf(store, 'key')).abandon(),
  };
  for (const [title, fail] of Object.entries(failures)) {
    it(`tells abandoned after ${title}`, async () => {
      await fail(await open());
      expect(names()).to.deep.equal(['claimed', 'abandoned']);
      expect(events[1]).to.include({ key: 'key', attempt: 1 });
    });
  }

  it('tells claim-lost, once', async () => {
    const store = await open();
    const claim = await claimOf(store, 'key');
    await store.delete('key');
    await rejectionOf(claim.renew());
    await rejectionOf(claim.complete(1));
    expect(names()).to.deep.equal(['claimed', 'claim-lost']);
    expect(events[1]).to.include({ key: 'key', attempt: 1, token: claim.token });
  });

  it('tells unrecorded for a result that can not be stored, and why', async () => {
    await (await open()).run('key', async () => () => {});
    expect(names()).to.deep.equal(['claimed', 'unrecorded', 'completed']);
    expect(events[1])
      .to.have.property('reason')
      .that.matches(/function/i);
  });

  it('tells key-reused', async () => {
    const store = await open();
    await store.run('key', async () => 1, { fingerprint: 1 });
    await rejectionOf(store.run('key', async () => 1, { fingerprint: 2 }));
    expect(names()).to.deep.equal(['claimed', 'completed', 'key-reused']);
    expect(events[2]).to.deep.equal({ event: 'key-reused', key: 'key' });
  });

  it('holds no payload and no result', async () => {
    const store = await open();
    const work = async () => ({ iban: 'SECRET' });
    await store.run('key', work, { fingerprint: { card: 'SECRET' } });
    await store.run('key', work, { fingerprint: { card: 'SECRET' } });
    await rejectionOf(store.run('key', work, { fingerprint: { card: 'SECRET2' } }));
    await store.run('big', async () => ({ iban: 'SECRET', bad: () => 'SECRET' }) as unknown);
    await rejectionOf(store.run('bad', () => Promise.reject(new Error('SECRET'))));
    expect(events.length).to.be.greaterThan(6);
    expect(JSON.stringify(events)).not.to.contain('SECRET');
  });
});

describe('a diagnostics channel of the library', () => {
  it('is free when nobody subscribes: the message is not even made', () => {
    let made = 0;
    const describeEvent = () => {
      made += 1;
      return {};
    };
    const events = eventChannel('qx-cache:spec');
    const listener = () => {};
    events.emit(describeEvent);
    expect(made).to.equal(0);
    channel('qx-cache:spec').subscribe(listener);
    events.emit(describeEvent);
    channel('qx-cache:spec').unsubscribe(listener);
    expect(made).to.equal(1);
  });
});
