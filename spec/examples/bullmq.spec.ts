import { type Job, Queue, QueueEvents, Worker, type WorkerOptions } from 'bullmq';
import { expect } from 'chai';
import { once } from '../../examples/bullmq/once.js';
import { runCharges } from '../../examples/bullmq/run.js';
import { type Claim, IdempotencyStore } from '../../src/index.js';
import { onRealRedis } from '../support/engines.js';
import { eventually } from '../support/eventually.js';
import { gate } from '../support/gate.js';
import { ImpatientStore } from '../support/impatient-store.js';

type Charge = (job: Job, claim: Claim) => Promise<string>;

onRealRedis('the recipe for BullMQ', (engine) => {
  const open: { close(): Promise<void> }[] = [];
  const name = 'charges';
  let store: IdempotencyStore;
  let queue: Queue;

  beforeEach(async () => {
    store = new IdempotencyStore(await engine.connect());
    queue = new Queue(name, base());
    open.push(queue);
  });

  afterEach(async () => {
    await Promise.all(open.splice(0).map((part) => part.close()));
  });

  const base = () => ({
    connection: { url: engine.url(), maxRetriesPerRequest: null },
    prefix: engine.namespace(),
  });

  function work(charge: Charge, options: Partial<WorkerOptions> = {}): Worker {
    const worker = new Worker(name, once(store, charge), { ...base(), ...options });
    // A stalled job makes it emit one.
    worker.on('error', () => {});
    open.push(worker);
    return worker;
  }

  const add = (data: object, options = {}) => queue.add('charge', data, { jobId: 'A', ...options });
  const state = async () => queue.getJobState('A');
  const becomes = (wanted: string) => eventually(async () => (await state()) === wanted);

  it('runs as it stands, and charges once', async () => {
    const outcome = await runCharges(engine.url(), 5);
    expect(outcome).to.deep.equal({ completed: 15, charged: 5, receipts: 5 });
  });

  it('gives the first result to a job that came again after BullMQ had forgotten it', async () => {
    const events = new QueueEvents(name, base());
    open.push(events);
    await events.waitUntilReady();
    const results: string[] = [];
    events.on('completed', ({ returnvalue }) => results.push(returnvalue));
    let executed = 0;
    work(async () => `receipt ${++executed}`);
    for (const delivery of [1, 2, 3]) {
      await add({ cents: 5 }, { removeOnComplete: true });
      await eventually(() => results.length === delivery);
    }
    expect(results).to.deep.equal(['receipt 1', 'receipt 1', 'receipt 1']);
  });

  it('runs a job once that BullMQ gave to a second worker, while the first had it in its hands', async () => {
    const started = gate();
    const finish = gate();
    let executed = 0;
    const charge: Charge = async (_job, { attempt }) => {
      executed++;
      started.open();
      await finish.opened;
      return `receipt of attempt ${attempt}`;
    };
    const stalling = { lockDuration: 50, stalledInterval: 50, maxStalledCount: 5 };
    work(charge, { ...stalling, skipLockRenewal: true, skipStalledCheck: true });
    await add({ cents: 5 });
    await started.opened;
    const second = work(charge, { stalledInterval: 50, maxStalledCount: 5 });
    await new Promise((resolve) => second.once('active', resolve));
    finish.open();
    await becomes('completed');
    expect((await queue.getJob('A'))?.returnvalue).to.equal('receipt of attempt 1');
    expect(executed).to.equal(1);
  });

  it('lets a failed job run again, by the attempts of BullMQ', async () => {
    let executed = 0;
    work(async () => {
      executed++;
      if (executed < 3) throw new Error('declined');
      return 'receipt';
    });
    await add({ cents: 5 }, { attempts: 3 });
    await becomes('completed');
    expect(executed).to.equal(3);
    expect((await queue.getJob('A'))?.attemptsMade).to.equal(3);
  });

  it('delays a job that is in progress elsewhere, without using up an attempt', async () => {
    const claimed = await store.claim(`${name}:A`);
    if (claimed.status !== 'claimed') expect.fail(claimed.status);
    store = new ImpatientStore(await engine.connect());
    work(async () => 'receipt');
    await add({ cents: 5 }, { attempts: 1 });
    await becomes('delayed');
    await claimed.claim.abandon();
    await (await queue.getJob('A'))?.promote();
    await becomes('completed');
    expect((await queue.getJob('A'))?.returnvalue).to.equal('receipt');
  });

  it('fails a job for good whose id belongs to other data', async () => {
    await store.run(`${name}:A`, async () => 'receipt', { fingerprint: { cents: 5 } });
    let executed = 0;
    work(async () => `receipt ${++executed}`);
    await add({ cents: 6 }, { attempts: 5 });
    await becomes('failed');
    const job = await queue.getJob('A');
    expect(job?.failedReason).to.match(/already used with another payload/);
    expect(job?.attemptsMade).to.equal(1);
    expect(executed).to.equal(0);
  });
});
