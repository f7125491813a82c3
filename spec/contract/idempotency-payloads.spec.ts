import { expect } from 'chai';
import { IdempotencyStore } from '../../src/index.js';
import { claimOf, endLease, openRun } from '../support/claims.js';
import { type Engine, onEachRedis } from '../support/engines.js';
import { rawRecord, recordKey } from '../support/raw-record.js';
import { rejectionOf } from '../support/rejection.js';

onEachRedis('one key with another payload', (engine) => {
  const reused = { code: 'QX_IDEMPOTENCY_KEY_REUSED', key: 'key' };
  const never = async () => expect.fail('ran');

  it('is refused after completion, by run and by claim', async () => {
    const store = new IdempotencyStore(await engine.connect());
    await store.run('key', async () => 1, { fingerprint: { amount: 1 } });
    const other = { fingerprint: { amount: 2 } };
    expect(await rejectionOf(store.run('key', never, other))).to.include(reused);
    expect(await rejectionOf(store.claim('key', other))).to.include(reused);
  });

  it('is refused while the first is in progress, at once', async () => {
    const store = new IdempotencyStore(await engine.connect());
    const run = openRun<number>(store, 'key', { fingerprint: { amount: 1 } });
    await run.started;
    const other = { fingerprint: { amount: 2 }, waitSeconds: Number.POSITIVE_INFINITY };
    expect(await rejectionOf(store.run('key', never, other))).to.include(reused);
    expect(await rejectionOf(store.claim('key', { fingerprint: 2 }))).to.include(reused);
    run.finish(1);
    expect((await run.outcome).value).to.equal(1);
  });

  it('is refused after the owner died: the key stays with its payload', async () => {
    const redis = await engine.connect();
    const store = new IdempotencyStore(redis);
    await claimOf(store, 'key', { fingerprint: 1 });
    await endLease(redis, engine, 'key');
    expect(await rejectionOf(store.claim('key', { fingerprint: 2 }))).to.include(reused);
    expect((await claimOf(store, 'key', { fingerprint: 1 })).attempt).to.equal(2);
  });

  it('is allowed after a failure: nothing was done with the first', async () => {
    const store = new IdempotencyStore(await engine.connect());
    const failing = () => Promise.reject(new Error('declined'));
    await rejectionOf(store.run('key', failing, { fingerprint: 1 }));
    expect((await store.run('key', async () => 2, { fingerprint: 2 })).value).to.equal(2);
  });

  it('is not compared where one side gave no payload', async () => {
    const store = new IdempotencyStore(await engine.connect());
    await store.run('with', async () => 1, { fingerprint: 1 });
    expect((await store.run('with', never)).replayed).to.equal(true);
    await store.run('without', async () => 1);
    expect((await store.run('without', never, { fingerprint: 1 })).replayed).to.equal(true);
  });

  it('is compared although another waiter of the process got the answer', async () => {
    const store = new IdempotencyStore(await engine.connect());
    const run = openRun<number>(store, 'key');
    await run.started;
    const same = store.run('key', never);
    const other = store.run('key', async () => 7, { fingerprint: 'b' });
    run.finish(1);
    // The owner gave none, so nothing is compared with it.
    expect((await same).value).to.equal(1);
    expect((await other).value).to.equal(1);
  });

  const equal: [string, unknown, unknown][] = [
    ['the order of properties', { a: 1, b: { c: 2, d: 3 } }, { b: { d: 3, c: 2 }, a: 1 }],
    ['an equal Date', { at: new Date(5) }, { at: new Date(5) }],
    ['a Date that went through JSON', { at: new Date(5) }, { at: new Date(5).toJSON() }],
    ['a field that is undefined', { a: 1, b: undefined }, { a: 1 }],
    [
      'the order of a Map or Set',
      new Map([
        [1, new Set([2, 3])],
        [4, new Set()],
      ]),
      new Map([
        [4, new Set()],
        [1, new Set([3, 2])],
      ]),
    ],
    ['a copy of bytes', Buffer.from('ab'), Buffer.from('ab')],
    ['equal null', null, null],
  ];
  for (const [title, first, second] of equal) {
    it(`is not made by ${title}`, async () => {
      const store = new IdempotencyStore(await engine.connect());
      await store.run('key', async () => 1, { fingerprint: first });
      expect((await store.run('key', never, { fingerprint: second })).replayed).to.equal(true);
    });
  }

  const different: [string, unknown, unknown][] = [
    ['another Date', { at: new Date(5) }, { at: new Date(6) }],
    ['the order of a list', [1, 2], [2, 1]],
    ['a number for a text', { a: 1 }, { a: '1' }],
    ['a bigint for a number', 1n, 1],
    ['null for a missing field', { a: null }, {}],
    ['NaN for null', Number.NaN, null],
    ['other bytes', Buffer.from('a'), Buffer.from('b')],
    ['an element more', new Set([1]), new Set([1, 2])],
    ['false for null', false, null],
  ];
  for (const [title, first, second] of different) {
    it(`is made by ${title}`, async () => {
      const store = new IdempotencyStore(await engine.connect());
      await store.run('key', async () => 1, { fingerprint: first });
      const second_ = store.run('key', never, { fingerprint: second });
      expect(await rejectionOf(second_)).to.include(reused);
    });
  }

  it('is what it was before the work ran: a handler that changes its command changes nothing', async () => {
    const store = new IdempotencyStore(await engine.connect());
    const command = { amount: 1, lines: [1] };
    const work = async () => {
      command.amount = 99;
      command.lines.push(2);
      return 1;
    };
    await store.run('key', work, { fingerprint: command });
    const again = { fingerprint: { amount: 1, lines: [1] } };
    expect((await store.run('key', never, again)).replayed).to.equal(true);
    const changed = store.run('key', never, { fingerprint: command });
    expect(await rejectionOf(changed)).to.include(reused);
  });

  it('is never stored: only a hash of it', async () => {
    const redis = await engine.connect();
    await claimOf(new IdempotencyStore(redis), 'key', { fingerprint: { card: '4111' } });
    expect(JSON.stringify(await rawRecord(redis, engine, 'key'))).not.to.contain('4111');
  });
});

/** Asks in every way that is refused or has to wait. */
const askers: Record<string, (store: IdempotencyStore) => Promise<unknown>> = {
  'a caller with another payload': (store) =>
    rejectionOf(store.run('key', async () => 2, { fingerprint: 'other', ttlSeconds: 9 })),
  'a caller that is rejected': (store) =>
    rejectionOf(
      store.run('key', async () => 2, { onInProgress: 'reject', ttlSeconds: 9, leaseSeconds: 1 }),
    ),
  'a caller that gave up waiting': (store) =>
    rejectionOf(store.run('key', async () => 2, { waitSeconds: 0.05, takeover: 'never' })),
  'a claim in vain': (store) => store.claim('key', { leaseSeconds: 1, ttlSeconds: 9 }),
  'a reader': async (store) => [await store.get('key'), await store.inspect('key')],
};

onEachRedis('in the record of another one nothing is changed by', (engine: Engine) => {
  for (const [title, ask] of Object.entries(askers)) {
    it(title, async () => {
      const redis = await engine.connect();
      const store = new IdempotencyStore(redis);
      await claimOf(store, 'key', { fingerprint: 'first' });
      const state = async () => ({
        record: await rawRecord(redis, engine, 'key'),
        // In whole 10 s: it goes down while the test runs, and must not go up or away.
        ttl: Math.ceil((await redis.pttl(recordKey(engine, 'key'))) / 10_000),
      });
      const before = await state();
      await ask(store);
      expect(await state()).to.deep.equal(before);
    });
  }
});
