import { expect } from 'chai';
import { IdempotencyStore, type RunOptions } from '../../src/index.js';
import type { CrowdReport } from '../idempotency/crowd.worker.js';
import type { OwnerReport } from '../idempotency/owner.worker.js';
import { openRun } from '../support/claims.js';
import { type Engine, onRealRedis } from '../support/engines.js';
import { eventually } from '../support/eventually.js';
import { rejectionOf } from '../support/rejection.js';
import { startWorker, type Worker } from '../support/worker.js';

const file = (name: string) => new URL(`../idempotency/${name}.worker.ts`, import.meta.url);

type Owner = Worker<string, OwnerReport>;

onRealRedis('IdempotencyStore over processes', (engine: Engine) => {
  const workers: Worker<string, unknown>[] = [];

  function start<Out>(name: string, args: readonly string[]): Worker<string, Out> {
    const worker = startWorker<string, Out>(file(name), [
      engine.url(),
      engine.namespace(),
      ...args,
    ]);
    workers.push(worker);
    return worker;
  }
  /** Another process that executes "key" until it is told what to return. */
  async function startOwner(options: RunOptions): Promise<Owner> {
    const owner = start<OwnerReport>('owner', ['key', JSON.stringify(options)]);
    expect(await owner.next()).to.deep.include({ type: 'started', attempt: 1 });
    return owner;
  }
  const open = async () => new IdempotencyStore(await engine.connect());

  afterEach(async () => {
    for (const worker of workers) worker.kill();
    await Promise.all(workers.splice(0).map(({ exited }) => exited));
  });

  it('executes each key once, with 4 processes and 25 callers of each of 40 keys', async () => {
    const crowd = Array.from({ length: 4 }, () =>
      start<CrowdReport | 'ready'>('crowd', ['40', '25']),
    );
    for (const worker of crowd) expect(await worker.next()).to.equal('ready');
    for (const worker of crowd) worker.send('go');
    const reports = (await Promise.all(crowd.map((w) => w.next()))) as CrowdReport[];
    expect(reports.reduce((sum, { runs }) => sum + runs, 0)).to.equal(40);
    for (let i = 0; i < 40; i += 1) {
      const seen = new Set(reports.flatMap(({ values }) => values[i]));
      expect(seen.size, [...seen].join()).to.equal(1);
      expect([...seen][0]).to.match(/ as 1$/);
    }
  });

  it('passes the claim of a killed owner on within its lease, as attempt 2', async () => {
    const owner = await startOwner({ leaseSeconds: 1 });
    const store = await open();
    const next = openRun<string>(store, 'key');
    owner.kill('SIGKILL');
    const killedAt = performance.now();
    const claim = await next.started;
    expect(performance.now() - killedAt).to.be.below(1500);
    expect(claim.attempt).to.equal(2);
    next.finish('second');
    expect((await next.outcome).value).to.equal('second');
  });

  it('lets no callers but one take over from a killed owner', async () => {
    const owner = await startOwner({ leaseSeconds: 0.5 });
    const stores = await Promise.all(Array.from({ length: 5 }, open));
    let runs = 0;
    const work = async () => {
      runs += 1;
      return 'second';
    };
    const waiting = stores.flatMap((store) => [store.run('key', work), store.run('key', work)]);
    owner.kill('SIGKILL');
    expect((await Promise.all(waiting)).every(({ value }) => value === 'second')).to.equal(true);
    expect(runs).to.equal(1);
  });

  it("does not pass the claim of a killed owner on with takeover: 'never'", async () => {
    const owner = await startOwner({ leaseSeconds: 0.5, takeover: 'never' });
    const store = await open();
    const waiting = rejectionOf(store.run('key', async () => expect.fail('ran')));
    owner.kill('SIGKILL');
    expect(await waiting).to.include({ code: 'QX_IDEMPOTENCY_IN_PROGRESS', abandoned: true });
    await store.delete('key');
    expect((await store.run('key', async () => 1)).replayed).to.equal(false);
  });

  it('does not let an owner that was stopped overwrite what its successor stored', async () => {
    const owner = await startOwner({ leaseSeconds: 0.5 });
    owner.stop();
    const store = await open();
    const outcome = await store.run('key', async ({ attempt }) => `attempt ${attempt}`);
    owner.continue();
    owner.send('late');
    expect(await owner.next()).to.deep.equal({
      type: 'failed',
      code: 'QX_IDEMPOTENCY_CLAIM_LOST',
      isAborted: true,
    });
    expect(outcome.value).to.equal('attempt 2');
    expect(await store.get('key')).to.equal('attempt 2');
  });

  it('does not let an owner that was stopped disturb a successor in progress', async () => {
    const owner = await startOwner({ leaseSeconds: 0.5 });
    owner.stop();
    const store = await open();
    const next = openRun<string>(store, 'key');
    const claim = await next.started;
    owner.continue();
    owner.send('late');
    expect(await owner.next()).to.include({ code: 'QX_IDEMPOTENCY_CLAIM_LOST' });
    await claim.renew();
    next.finish('new');
    expect((await next.outcome).value).to.equal('new');
    expect(await store.get('key')).to.equal('new');
  });

  it('lets an owner that was stopped complete when nobody took over', async () => {
    const owner = await startOwner({ leaseSeconds: 0.3 });
    owner.stop();
    const store = await open();
    await eventually(async () => (await store.inspect('key'))?.state === 'abandoned');
    owner.continue();
    owner.send('slow');
    expect(await owner.next()).to.deep.equal({ type: 'returned', value: 'slow', replayed: false });
    expect(await store.get('key')).to.equal('slow');
  });

  it('renews the claim of an owner in another process for as long as it lives', async () => {
    const owner = await startOwner({ leaseSeconds: 0.4 });
    const store = await open();
    const waiting = rejectionOf(
      store.run('key', async () => expect.fail('ran'), { waitSeconds: 1.5 }),
    );
    expect(await waiting).to.include({ code: 'QX_IDEMPOTENCY_IN_PROGRESS', abandoned: false });
    owner.send('done');
    expect(await owner.next()).to.include({ type: 'returned', value: 'done' });
  });

  it('knows one payload in two processes as the same', async () => {
    const at = new Date(5).toJSON();
    const owner = await startOwner({ fingerprint: { at, amount: 1 } });
    owner.send('done');
    expect(await owner.next()).to.include({ value: 'done' });
    const again = { fingerprint: { amount: 1, at: new Date(5) } };
    const replay = (await open()).run('key', async () => expect.fail('ran'), again);
    expect((await replay).replayed).to.equal(true);
  });

  it('lets its process end after quit(), also when callers waited or still wait', async () => {
    const worker = start<unknown>('waits-and-quits', []);
    expect(await worker.exited).to.equal(0);
    expect(worker.messages).to.deep.equal(['result', 'result', true]);
  });

  it('lets the process of an owner end, too', async () => {
    const owner = await startOwner({});
    owner.send('done');
    expect(await owner.exited).to.equal(0);
  });
});
