import { expect } from 'chai';
import type { Cluster, Redis } from 'ioredis';
import type { IdempotencyEvent } from '../../src/diagnostics/index.js';
import { claimScript } from '../../src/idempotency/scripts/claim.js';
import { keepStepScript } from '../../src/idempotency/scripts/keep-step.js';
import { createClient, IdempotencyStore } from '../../src/index.js';
import { type FaultProxy, startFaultProxy } from '../../src/testing/index.js';
import type { StepsReport } from '../idempotency/steps.worker.js';
import { claimOf, endLease } from '../support/claims.js';
import { onRealRedis } from '../support/engines.js';
import { eventually } from '../support/eventually.js';
import { recordKey } from '../support/raw-record.js';
import { recordEvents } from '../support/recorded-events.js';
import { rejectionOf } from '../support/rejection.js';
import { callsOf } from '../support/script-calls.js';
import { startWorker, type Worker } from '../support/worker.js';

const never = async () => expect.fail('ran');

onRealRedis('the steps of an owner in another process', (engine) => {
  const workers: Worker<never, StepsReport>[] = [];
  const file = new URL('../idempotency/steps.worker.ts', import.meta.url);

  function startOwner(...names: string[]): Worker<never, StepsReport> {
    const args = [engine.url(), engine.namespace(), 'key', names.join()];
    const worker = startWorker<never, StepsReport>(file, args);
    workers.push(worker);
    return worker;
  }

  afterEach(async () => {
    for (const worker of workers) worker.kill();
    await Promise.all(workers.splice(0).map(({ exited }) => exited));
  });

  it('do not run again when it was killed: its successor has what they returned', async () => {
    const killed = startOwner('reserve', 'charge', 'stop');
    const seen = [await killed.next(), await killed.next(), await killed.next()];
    expect(seen.map((report) => 'name' in report && report.name)).to.deep.equal([
      'reserve',
      'charge',
      'stop',
    ]);
    killed.kill('SIGKILL');
    const successor = startOwner('reserve', 'charge', 'ship');
    expect(await successor.next()).to.include({ type: 'step', name: 'ship' });
    expect(await successor.next()).to.deep.equal({
      type: 'returned',
      value: ['reserve of attempt 1', 'charge of attempt 1', 'ship of attempt 2'],
    });
  });

  it('that were not finished run again, and have the key that they had', async () => {
    const killed = startOwner('stop');
    const before = await killed.next();
    killed.kill('SIGKILL');
    const successor = startOwner('stop');
    expect(await successor.next()).to.deep.equal(before);
  });

  it('come to a successor with its claim: a take-over is one command, a finished step none', async () => {
    const killed = startOwner('reserve', 'charge', 'stop');
    for (let i = 0; i < 3; i += 1) await killed.next();
    killed.kill('SIGKILL');
    await killed.exited;
    const proxy = await startFaultProxy({ target: engine.url() });
    const redis = await createClient({ url: proxy.url, namespace: engine.namespace() });
    await endLease(redis, engine, 'key');
    const before = proxy.counts.commands;
    const claim = await claimOf(new IdempotencyStore(redis), 'key');
    expect(await claim.step('reserve', never)).to.equal('reserve of attempt 1');
    expect(await claim.step('charge', never)).to.equal('charge of attempt 1');
    expect(proxy.counts.commands - before).to.equal(1);
    await claim.step('ship', async () => 'shipped');
    expect(proxy.counts.commands - before).to.equal(2);
    await claim.complete('done');
    expect(proxy.counts.commands - before).to.equal(3);
    await redis.quit();
    await proxy.close();
  });
});

onRealRedis('a step', (engine) => {
  const events = recordEvents<IdempotencyEvent>('qx-cache:idempotency');
  let proxy: FaultProxy;
  let redis: Redis | Cluster;
  let direct: Redis | Cluster;
  let store: IdempotencyStore;
  let other: IdempotencyStore;

  beforeEach(async () => {
    proxy = await startFaultProxy({ target: engine.url() });
    redis = await createClient({
      url: proxy.url,
      namespace: engine.namespace(),
      commandTimeoutSeconds: 0.3,
    });
    direct = await engine.connect();
    store = new IdempotencyStore(redis);
    other = new IdempotencyStore(direct);
  });
  afterEach(async () => {
    redis.disconnect();
    await proxy.close();
  });

  const takeOver = async () => {
    await endLease(direct, engine, 'key');
    return claimOf(other, 'key');
  };
  const unrecorded = () => events.filter(({ event }) => event === 'unrecorded');

  it('is remembered when the reply to that was lost, and sent again', async () => {
    const claim = await claimOf(store, 'key');
    const lost = proxy.loseReply(callsOf(keepStepScript));
    expect(await claim.step('charge', async () => 'paid')).to.equal('paid');
    await lost;
    expect((await other.inspect('key'))?.steps).to.deep.equal(['charge']);
    expect(await (await takeOver()).step('charge', never)).to.equal('paid');
  });

  it('is handed over once, also when the reply to the take-over was lost', async () => {
    await (await claimOf(other, 'key')).step('charge', async () => 'paid');
    await endLease(direct, engine, 'key');
    const lost = proxy.loseReply(callsOf(claimScript));
    const claim = await claimOf(store, 'key');
    await lost;
    expect(claim.attempt).to.equal(2);
    expect(await claim.step('charge', never)).to.equal('paid');
  });

  it('survives a take-over whose answer came too late, so that it was given back', async () => {
    await (await claimOf(other, 'key')).step('charge', async () => 'paid');
    await endLease(direct, engine, 'key');
    proxy.delay(0.6);
    expect(await rejectionOf(store.claim('key'))).to.include({ code: 'QX_UNAVAILABLE' });
    await eventually(async () => {
      return (await direct.hget(recordKey(engine, 'key'), 'owner')) === '';
    });
    const next = await claimOf(other, 'key');
    expect(await next.step('charge', never)).to.equal('paid');
  });

  it('is handed over beside any number of others', async () => {
    const claim = await claimOf(other, 'key');
    await claim.step('step 0', async () => 'value');
    const record = recordKey(engine, 'key');
    const text = String(await direct.hget(record, 'step:step 0'));
    const names = Array.from({ length: 10_000 }, (_, i) => `step ${i}`);
    await direct.hset(record, Object.fromEntries(names.map((name) => [`step:${name}`, text])));
    const next = await takeOver();
    const values = await Promise.all(names.map((name) => next.step(name, never)));
    expect(new Set(values)).to.deep.equal(new Set(['value']));
    await next.complete('done');
    expect(Object.keys(await direct.hgetall(record))).to.have.length.below(10);
  });

  it('is remembered when Redis comes back before the lease ends', async () => {
    const claim = await claimOf(store, 'key', { leaseSeconds: 20 });
    proxy.blackhole();
    const step = claim.step('charge', async () => 'paid');
    // Then the first attempt to remember it is over, too.
    await rejectionOf(claim.renew());
    proxy.heal();
    expect(await step).to.equal('paid');
    expect((await other.inspect('key'))?.steps).to.deep.equal(['charge']);
    expect(unrecorded()).to.deep.equal([]);
  });

  it('gives its value when Redis stays away for longer than the lease, and reports that', async () => {
    const claim = await claimOf(store, 'key', { leaseSeconds: 0.5 });
    proxy.blackhole();
    expect(await claim.step('charge', async () => 'paid')).to.equal('paid');
    const [event] = unrecorded();
    expect(event).to.include({ key: 'key' });
    expect(event)
      .to.have.property('reason')
      .that.matches(/^step "charge": Redis did not answer/);
    proxy.heal();
    // Nobody took over: the work goes on, and completes.
    await claim.complete('done');
    expect(await other.get('key')).to.equal('done');
  });
});
