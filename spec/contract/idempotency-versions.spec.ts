import { expect } from 'chai';
import { IdempotencyStore, Result } from '../../src/index.js';
import { claimOf, endLease, openRun } from '../support/claims.js';
import { onEachRedis } from '../support/engines.js';
import { eventually } from '../support/eventually.js';
import { gate } from '../support/gate.js';
import { rejectionOf } from '../support/rejection.js';

const refused = { code: 'QX_IDEMPOTENCY_RESULT_UNAVAILABLE', reason: 'version', key: 'key' };
const never = async () => expect.fail('ran');

onEachRedis('a result of another version', (engine) => {
  const newStore = async () => new IdempotencyStore(await engine.connect());

  it('is refused, by run and by claim, with an error that names both versions', async () => {
    const store = await newStore();
    await store.run('key', async () => 1, { version: '1' });
    const error = await rejectionOf(store.run('key', never, { version: '2' }));
    expect(error).to.include(refused);
    expect(error.message).to.match(/version "1".*version "2"/);
    expect(await rejectionOf(store.claim('key', { version: '2' }))).to.include(refused);
    expect(await store.run('key', never, { version: '1' })).to.deep.equal({
      value: 1,
      replayed: true,
    });
  });

  it('is one that was stored without a version, too', async () => {
    const store = await newStore();
    await store.run('key', async () => 1);
    const error = await rejectionOf(store.run('key', never, { version: '2' }));
    expect(error).to.include(refused);
    expect(error.message).to.include('a run without a version');
  });

  it('is replayed to callers that give no version', async () => {
    const store = await newStore();
    await store.run('key', async () => 1, { version: '1' });
    expect((await store.run('key', never)).value).to.equal(1);
    expect(await store.get('key')).to.equal(1);
  });

  it('is replaced where the caller wants to execute anew, by one of all callers', async () => {
    const store = await newStore();
    const before = await store.run('key', async (claim) => claim.token, { version: '1' });
    const newer = { version: '2', onVersionMismatch: 'execute' } as const;
    let runs = 0;
    const work = async ({ token, attempt }: { token: number; attempt: number }) => {
      runs += 1;
      expect(attempt).to.equal(1);
      expect(token).to.be.greaterThan(before.value);
      return 'new';
    };
    const all = await Promise.all([1, 2, 3].map(() => store.run('key', work, newer)));
    expect(runs).to.equal(1);
    expect(all.map(({ value }) => value)).to.deep.equal(['new', 'new', 'new']);
    expect(await store.get('key')).to.equal('new');
    expect(await store.inspect('key')).to.include({ version: '2', state: 'completed' });
  });

  it('is not replaced for another payload', async () => {
    const store = await newStore();
    await store.run('key', async () => 1, { version: '1', fingerprint: 'a' });
    const other = { version: '2', onVersionMismatch: 'execute', fingerprint: 'b' } as const;
    const error = await rejectionOf(store.run('key', never, other));
    expect(error).to.include({ code: 'QX_IDEMPOTENCY_KEY_REUSED' });
    expect(await store.get('key')).to.equal(1);
  });

  it('is judged by each waiter for itself, when the one in progress completes', async () => {
    const store = await newStore();
    const first = openRun<number>(store, 'key', { version: '1' });
    await first.started;
    const same = store.run('key', never, { version: '1' });
    const refusing = rejectionOf(store.run('key', never, { version: '2' }));
    const executing = store.run('key', async () => 3, {
      version: '3',
      onVersionMismatch: 'execute',
    });
    first.finish(1);
    await first.outcome;
    expect((await refusing).message).to.match(/version "(1|3)".*version "2"/);
    expect(await executing).to.deep.equal({ value: 3, replayed: false });
    // Either it was faster than the one that executes, or it finds the new version and is refused.
    const outcome = await same.catch((error: unknown) => error);
    if (outcome instanceof Error) expect(outcome).to.include(refused);
    else expect(outcome).to.deep.equal({ value: 1, replayed: true });
  });

  it('is replaced by one of the callers that waited for it, and the others wait on', async () => {
    const stores = [await newStore(), await newStore()] as const;
    const first = openRun<number>(stores[0], 'key', { version: '1' });
    await first.started;
    const [started, finished] = [gate(), gate()];
    let runs = 0;
    const work = async () => {
      runs += 1;
      started.open();
      await finished.opened;
      return 'new';
    };
    const newer = { version: '2', onVersionMismatch: 'execute' } as const;
    const waiting = [...stores, ...stores].map((store) => store.run('key', work, newer));
    first.finish(1);
    expect((await first.outcome).value).to.equal(1);
    await started.opened;
    finished.open();
    const outcomes = await Promise.all(waiting);
    expect(outcomes.map(({ value }) => value)).to.deep.equal(['new', 'new', 'new', 'new']);
    expect(runs).to.equal(1);
  });

  it('is forgotten by every process that remembered it, when it is replaced', async () => {
    const replayCache = { maxEntries: 10, maxAgeSeconds: 600 };
    const remembering = new IdempotencyStore(await engine.connect(), { replayCache });
    const store = await newStore();
    await store.run('key', async () => 'old', { version: '1' });
    expect((await remembering.run('key', never, { version: '1' })).value).to.equal('old');
    const newer = { version: '2', onVersionMismatch: 'execute' } as const;
    expect((await store.run('key', async () => 'new', newer)).value).to.equal('new');
    await eventually(async () => (await remembering.get('key')) === 'new');
  });

  it('is not told of what a set replaced, nor of an owner that a run without one succeeds', async () => {
    const redis = await engine.connect();
    const store = new IdempotencyStore(redis);
    await claimOf(store, 'key', { version: '1' });
    await store.set('key', 1);
    expect(await store.inspect('key')).not.to.have.property('version');
    expect(await rejectionOf(store.run('key', never, { version: '1' }))).to.include(refused);

    await claimOf(store, 'other', { version: '1' });
    await endLease(redis, engine, 'other');
    await store.run('other', async ({ attempt }) => attempt);
    expect(await store.inspect('other'))
      .to.include({ attempt: 2 })
      .and.not.have.property('version');
  });

  it('of one that was not storable is refused or replaced as well', async () => {
    const store = await newStore();
    await store.run('key', async () => () => {}, { version: '1' });
    expect(await rejectionOf(store.run('key', never, { version: '2' }))).to.include(refused);
    const newer = { version: '2', onVersionMismatch: 'execute' } as const;
    expect((await store.run('key', async () => 2, newer)).value).to.equal(2);
  });

  it('stays what it was when its owner died and another version takes over', async () => {
    const redis = await engine.connect();
    const store = new IdempotencyStore(redis);
    await claimOf(store, 'key', { version: '1' });
    await endLease(redis, engine, 'key');
    expect((await store.run('key', async () => 2, { version: '2' })).value).to.equal(2);
    expect(await store.inspect('key')).to.include({ version: '2', attempt: 2 });
  });

  it('is told by its owner also after the record was lost', async () => {
    const redis = await engine.connect();
    const store = new IdempotencyStore(redis);
    const claim = await claimOf(store, 'key', { version: '7' });
    await redis.flushall();
    await claim.renew();
    expect(await store.inspect('key')).to.include({ version: '7', state: 'in-progress' });
    await redis.flushall();
    await claim.complete(Result.success(1));
    expect(await store.inspect('key')).to.include({ version: '7', state: 'completed' });
  });
});
