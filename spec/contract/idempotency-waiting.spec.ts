import { getEventListeners } from 'node:events';
import { expect } from 'chai';
import { type IdempotencyInProgressError, IdempotencyStore } from '../../src/index.js';
import { openRun } from '../support/claims.js';
import { onEachRedis } from '../support/engines.js';
import { eventually } from '../support/eventually.js';
import { rejectionOf } from '../support/rejection.js';

onEachRedis('a caller of a key in progress', (engine) => {
  const inProgress = { code: 'QX_IDEMPOTENCY_IN_PROGRESS', abandoned: false, key: 'key' };
  const never = async () => expect.fail('ran');
  const open = async () => new IdempotencyStore(await engine.connect());

  it('gets the result as soon as it is stored', async () => {
    const [store, other] = [await open(), await open()];
    const run = openRun<string>(store, 'key');
    await run.started;
    const waiting = [store.run('key', never), other.run('key', never), other.run('key', never)];
    run.finish('result');
    for (const caller of waiting) {
      expect(await caller).to.deep.equal({ value: 'result', replayed: true });
    }
  });

  it('gets the result that set stored meanwhile', async () => {
    const store = await open();
    await openRun(store, 'key').started;
    const waiting = store.run('key', never as () => Promise<never>);
    await (await open()).set('key', 'set');
    expect(await waiting).to.deep.include({ replayed: true });
    expect(await store.get('key')).to.equal('set');
  });

  it('executes next when the owner fails: one of them, and the others get its result', async () => {
    const [store, other] = [await open(), await open()];
    const run = openRun<string>(store, 'key');
    await run.started;
    let runs = 0;
    const work = async () => {
      runs += 1;
      return 'second';
    };
    const waiting = [store, other, store, other].map((each) => each.run('key', work));
    run.finish(Promise.reject(new Error('declined')) as never);
    const outcomes = await Promise.all(waiting);
    expect(runs).to.equal(1);
    expect(outcomes.map(({ value }) => value)).to.deep.equal(Array(4).fill('second'));
    expect(outcomes.filter(({ replayed }) => !replayed)).to.have.length(1);
  });

  it('executes next when the key is deleted', async () => {
    const store = await open();
    await openRun(store, 'key').started;
    const waiting = store.run('key', async () => 'next');
    await store.delete('key');
    expect(await waiting).to.deep.equal({ value: 'next', replayed: false });
  });

  for (const options of [{ onInProgress: 'reject' }, { waitSeconds: 0 }] as const) {
    it(`is rejected at once with ${JSON.stringify(options)}, and told when to retry`, async () => {
      const store = await open();
      await openRun(store, 'key', { leaseSeconds: 20 }).started;
      const error = await rejectionOf(store.run('key', never, options));
      expect(error).to.include(inProgress);
      expect((error as IdempotencyInProgressError).retryAfterSeconds).to.be.within(10, 20);
    });
  }

  it('is rejected when waitSeconds end, and leaves the owner alone', async () => {
    const store = await open();
    const run = openRun<string>(store, 'key');
    const claim = await run.started;
    const startedAt = performance.now();
    const error = await rejectionOf(store.run('key', never, { waitSeconds: 0.1 }));
    expect(error).to.include(inProgress);
    expect(performance.now() - startedAt).to.be.at.least(95);
    await claim.renew();
    run.finish('result');
    expect((await run.outcome).value).to.equal('result');
  });

  it('stops waiting when its signal aborts, with the reason of the signal', async () => {
    const store = await open();
    const run = openRun<string>(store, 'key');
    await run.started;
    const controller = new AbortController();
    const reason = new Error('client went away');
    const waiting = rejectionOf(store.run('key', never, { signal: controller.signal }));
    const other = store.run('key', never);
    controller.abort(reason);
    expect(await waiting).to.equal(reason);
    run.finish('result');
    expect((await other).value).to.equal('result');
  });

  it('takes its listener off a signal that lives on: one, however many there are', async () => {
    const store = await open();
    const { signal } = new AbortController();
    const listeners = () => getEventListeners(signal, 'abort').length;
    const run = openRun<string>(store, 'key');
    await run.started;
    const waiting = Array.from({ length: 20 }, () => store.run('key', never, { signal }));
    await eventually(() => listeners() === 1);
    run.finish('result');
    await Promise.all(waiting);
    expect(listeners()).to.equal(0);
  });

  it('takes off the one of its claim, too', async () => {
    const { signal } = new AbortController();
    const run = openRun<string>(await open(), 'key', { signal });
    await run.started;
    expect(getEventListeners(signal, 'abort')).to.have.length(1);
    run.finish('result');
    await run.outcome;
    expect(getEventListeners(signal, 'abort')).to.deep.equal([]);
  });

  it('may be the work of another key: keys do not wait for each other', async () => {
    const store = await open();
    const outer = await store.run('outer', () => store.run('inner', async () => 'inner'));
    expect(outer.value).to.deep.equal({ value: 'inner', replayed: false });
    expect((await store.run('inner', async () => 'again')).value).to.equal('inner');
    expect(await store.get('outer')).to.deep.equal({ value: 'inner', replayed: false });
  });
});
