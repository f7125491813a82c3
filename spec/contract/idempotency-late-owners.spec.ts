import { expect } from 'chai';
import { fingerprintOf, IdempotencyStore } from '../../src/index.js';
import type { OwnerReport } from '../idempotency/owner.worker.js';
import type { ToldOwner, ToldOwnerOptions } from '../idempotency/told-owner.worker.js';
import { claimOf, openRun } from '../support/claims.js';
import { type Engine, onRealRedis } from '../support/engines.js';
import { eventually } from '../support/eventually.js';
import { rawRecord, recordKey } from '../support/raw-record.js';
import { rejectionOf } from '../support/rejection.js';
import { startWorker, type Worker } from '../support/worker.js';

type Owner = Worker<ToldOwner, OwnerReport>;

onRealRedis('An owner in another process', (engine: Engine) => {
  const owners: Owner[] = [];
  const lost = { type: 'failed', code: 'QX_IDEMPOTENCY_CLAIM_LOST' };

  /** Another process that runs "key" as it is told, or tries to. */
  function start(options: ToldOwnerOptions): Owner {
    const file = new URL('../idempotency/told-owner.worker.ts', import.meta.url);
    const args = [engine.url(), engine.namespace(), 'key', JSON.stringify(options)];
    const owner: Owner = startWorker(file, args);
    owners.push(owner);
    return owner;
  }
  async function startOwner(options: ToldOwnerOptions): Promise<Owner> {
    const owner = start(options);
    expect(await owner.next()).to.deep.include({ type: 'started', attempt: 1 });
    return owner;
  }
  const open = async () => new IdempotencyStore(await engine.connect());
  const isAbandoned = async (store: IdempotencyStore) =>
    (await store.inspect('key'))?.state === 'abandoned';

  afterEach(async () => {
    for (const owner of owners) owner.kill();
    await Promise.all(owners.splice(0).map(({ exited }) => exited));
  });

  it('that was stopped stores nothing under the fingerprint of its successor', async () => {
    const owner = await startOwner({ leaseSeconds: 0.3 });
    owner.stop();
    const redis = await engine.connect();
    const store = new IdempotencyStore(redis);
    await eventually(() => isAbandoned(store));
    const successor = await claimOf(store, 'key', { fingerprint: { amount: 2 } });
    const before = await rawRecord(redis, engine, 'key');
    owner.continue();
    owner.send({ do: 'return', value: 'late' });
    expect(await owner.next()).to.include(lost);
    const { until: _until, ...after } = await rawRecord(redis, engine, 'key');
    expect({ ...after, until: before.until }).to.deep.equal(before);
    expect(after.fingerprint).to.equal(fingerprintOf({ amount: 2 }));
    await successor.complete('new');
    expect(await store.get('key')).to.equal('new');
  });

  it('whose key was deleted and used with another payload stores nothing, either', async () => {
    const owner = await startOwner({ leaseSeconds: 600, fingerprint: 'first' });
    const redis = await engine.connect();
    const store = new IdempotencyStore(redis);
    await store.delete('key');
    await store.run('key', async () => 'second', { fingerprint: 'second' });
    const before = await rawRecord(redis, engine, 'key');
    owner.send({ do: 'return', value: 'first' });
    expect(await owner.next()).to.include(lost);
    expect(await rawRecord(redis, engine, 'key')).to.deep.equal(before);
  });

  it('that was stopped and then fails does not free the key of its successor', async () => {
    const owner = await startOwner({ leaseSeconds: 0.3 });
    owner.stop();
    const store = await open();
    await eventually(() => isAbandoned(store));
    const run = openRun<string>(store, 'key');
    const claim = await run.started;
    owner.continue();
    owner.send({ do: 'throw' });
    expect(await owner.next()).to.include({ type: 'failed', code: 'Error: declined' });
    expect(await store.inspect('key')).to.include({ state: 'in-progress', token: claim.token });
    run.finish('new');
    expect((await run.outcome).value).to.equal('new');
  });

  it('whose event loop was blocked for longer than its lease loses to who took over', async () => {
    const owner = await startOwner({ leaseSeconds: 0.4 });
    const store = await open();
    owner.send({ do: 'block', seconds: 1.5 });
    const outcome = await store.run('key', async ({ attempt }) => `attempt ${attempt}`);
    owner.send({ do: 'return', value: 'late' });
    expect(await owner.next()).to.include(lost);
    expect(outcome).to.deep.equal({ value: 'attempt 2', replayed: false });
    expect(await store.get('key')).to.equal('attempt 2');
  });

  it('whose event loop was blocked for longer than its lease stores when nobody took over', async () => {
    const owner = await startOwner({ leaseSeconds: 0.3 });
    const store = await open();
    owner.send({ do: 'block', seconds: 1.2 });
    await eventually(() => isAbandoned(store));
    owner.send({ do: 'return', value: 'slow' });
    expect(await owner.next()).to.deep.equal({ type: 'returned', value: 'slow', replayed: false });
    expect(await store.get('key')).to.equal('slow');
  });

  it('whose record vanishes writes it again while it lives, so that others wait for it', async () => {
    const owner = await startOwner({ leaseSeconds: 0.6, fingerprint: 1 });
    const redis = await engine.connect();
    const store = new IdempotencyStore(redis);
    const token = (await store.inspect('key'))?.token;
    await redis.del(recordKey(engine, 'key'));
    await eventually(async () => (await store.inspect('key'))?.token === token);
    const reused = store.run('key', async () => expect.fail('ran'), { fingerprint: 2 });
    expect(await rejectionOf(reused)).to.include({ code: 'QX_IDEMPOTENCY_KEY_REUSED' });
    const waiting = store.run('key', async () => expect.fail('ran'));
    owner.send({ do: 'return', value: 'done' });
    expect(await owner.next()).to.include({ type: 'returned', value: 'done' });
    expect(await waiting).to.deep.equal({ value: 'done', replayed: true });
  });

  it('whose record vanishes loses when another caller comes before it writes it again', async () => {
    const owner = await startOwner({ leaseSeconds: 600 });
    const redis = await engine.connect();
    const store = new IdempotencyStore(redis);
    await redis.del(recordKey(engine, 'key'));
    const run = openRun<string>(store, 'key');
    await run.started;
    owner.send({ do: 'return', value: 'first' });
    expect(await owner.next()).to.include(lost);
    run.finish('second');
    expect((await run.outcome).value).to.equal('second');
    expect(await store.get('key')).to.equal('second');
  });

  describe('whose clock is wrong', () => {
    const day = 86_400;
    for (const clockSkewSeconds of [-30 * day, 30 * day]) {
      const title = `by ${clockSkewSeconds / day} days`;

      it(`${title} keeps its claim while it lives`, async () => {
        const owner = await startOwner({ leaseSeconds: 0.5, clockSkewSeconds });
        const store = await open();
        const options = { waitSeconds: 1.2 };
        const error = await store
          .run('key', async () => expect.fail('ran'), options)
          .catch((e: unknown) => e);
        expect(error).to.include({ code: 'QX_IDEMPOTENCY_IN_PROGRESS', abandoned: false });
        owner.send({ do: 'return', value: 'done' });
        expect(await owner.next()).to.include({ type: 'returned', value: 'done' });
        expect((await store.inspect('key'))?.ttlSecondsLeft).to.be.within(3500, 3600);
      });

      it(`${title} takes nothing over from the living`, async () => {
        const store = await open();
        const run = openRun<string>(store, 'key');
        await run.started;
        const other = start({ clockSkewSeconds, onInProgress: 'reject' });
        const report = await other.next();
        expect(report).to.include({ type: 'failed', code: 'QX_IDEMPOTENCY_IN_PROGRESS' });
        run.finish('done');
        expect((await run.outcome).value).to.equal('done');
      });

      it(`${title} is replaced once it is dead`, async () => {
        const owner = await startOwner({ leaseSeconds: 0.5, clockSkewSeconds });
        owner.kill();
        const store = await open();
        expect((await store.run('key', async ({ attempt }) => attempt)).value).to.equal(2);
      });
    }
  });
});
