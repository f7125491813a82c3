import { expect } from 'chai';
import { IdempotencyStore } from '../../src/index.js';
import { openRun } from '../support/claims.js';
import { onEachRedis } from '../support/engines.js';
import { rejectionOf } from '../support/rejection.js';

onEachRedis('IdempotencyStore.run', (engine) => {
  const open = async () => new IdempotencyStore(await engine.connect());
  const never = async () => expect.fail('ran a second time');

  it('executes once and replays afterwards', async () => {
    const store = await open();
    expect(await store.run('key', async () => 1)).to.deep.equal({ value: 1, replayed: false });
    expect(await store.run('key', never)).to.deep.equal({ value: 1, replayed: true });
  });

  it('executes once for any number of concurrent callers', async () => {
    const stores = await Promise.all(Array.from({ length: 4 }, () => open()));
    let runs = 0;
    const work = async () => {
      runs += 1;
      return runs;
    };
    const callers = Array.from({ length: 200 }, (_, i) => stores[i % 4]!.run('key', work));
    const outcomes = await Promise.all(callers);
    expect(runs).to.equal(1);
    expect(outcomes.filter(({ replayed }) => !replayed)).to.have.length(1);
    expect(new Set(outcomes.map(({ value }) => value))).to.deep.equal(new Set([1]));
  });

  it('swaps no results when runs are nested and many share a store at once', async () => {
    const store = await open();
    const callers = Array.from({ length: 40 }, async (_, i) => {
      const id = i % 20;
      const outer = await store.run(`order:${id}`, async () => {
        const inner = await store.run(`order:${id}:payment`, async () => `paid ${id}`);
        return `order ${id}, ${inner.value}`;
      });
      return [id, outer.value] as const;
    });
    for (const [id, value] of await Promise.all(callers)) {
      expect(value).to.equal(`order ${id}, paid ${id}`);
      expect(await store.get(`order:${id}:payment`)).to.equal(`paid ${id}`);
    }
  });

  it('gives the claim up at once when the work throws, and the error goes on', async () => {
    const store = await open();
    const declined = new Error('declined');
    const run = store.run('key', async () => {
      throw declined;
    });
    expect(await rejectionOf(run)).to.equal(declined);
    expect(await store.run('key', async () => 2)).to.deep.equal({ value: 2, replayed: false });
  });

  it('does so too when the work throws before it gives a promise', async () => {
    const store = await open();
    const run = store.run('key', () => {
      throw new Error('at once');
    });
    expect((await rejectionOf(run)).message).to.equal('at once');
    expect((await store.claim('key')).status).to.equal('claimed');
  });

  it('returns but does not store what storeWhen says no to', async () => {
    const store = await open();
    const storeWhen = (value: number) => value > 5;
    const outcome = await store.run('key', async () => 1, { storeWhen });
    expect(outcome).to.deep.equal({ value: 1, replayed: false });
    expect(await store.run('key', async () => 6, { storeWhen })).to.deep.include({ value: 6 });
    expect(await store.run('key', never)).to.deep.equal({ value: 6, replayed: true });
  });

  it('gives the claim up when storeWhen throws, and the error goes on', async () => {
    const store = await open();
    const storeWhen = () => {
      throw new Error('undecided');
    };
    const error = await rejectionOf(store.run('key', async () => 1, { storeWhen }));
    expect(error.message).to.equal('undecided');
    expect((await store.claim('key')).status).to.equal('claimed');
  });

  it('does not start when its signal is aborted', async () => {
    const signal = AbortSignal.abort(new Error('stopped'));
    const error = await rejectionOf((await open()).run('key', never, { signal }));
    expect(error.message).to.equal('stopped');
  });

  it('lets the signal of the claim follow its own while the work runs, and no longer', async () => {
    const store = await open();
    const controller = new AbortController();
    const options = { signal: controller.signal };
    const over = openRun<number>(store, 'over', options);
    const overClaim = await over.started;
    over.finish(1);
    await over.outcome;
    const running = openRun<number>(store, 'running', options);
    const runningClaim = await running.started;
    controller.abort(new Error('stopped'));
    expect(overClaim.signal.aborted).to.equal(false);
    expect(runningClaim.signal.reason).to.equal(controller.signal.reason);
    running.finish(2);
    expect((await running.outcome).value).to.equal(2);
  });
});
