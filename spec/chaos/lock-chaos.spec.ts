import { expect } from 'chai';
import fc from 'fast-check';
import { DistributedLock } from '../../src/lock/index.js';
import { type FaultProxy, startFaultProxy } from '../../src/testing/index.js';
import { onRealRedis } from '../support/engines.js';
import { eventually } from '../support/eventually.js';
import { startWorker, type Worker } from '../support/worker.js';
import { LockLog } from './lock-log.js';
import { checkLog } from './log-check.js';

/** One of the processes, behind a network of its own. */
interface Victim {
  readonly proxy: FaultProxy;
  worker: Worker<'stop', 'ready'>;
  isWell: boolean;
}

const PROCESSES = 4;
/** How many may be out of order at a time, so that the others show that the queue goes on. */
const MOST_ILL = 2;

const faults = ['kill', 'stop', 'cut', 'cut off', 'drop pushes'] as const;
type Fault = (typeof faults)[number];

const plans = fc.array(
  fc.record({
    fault: fc.constantFrom(...faults, 'stop' as const),
    /** Whom it hits; by default the one that has the lock. */
    whom: fc.option(fc.nat(PROCESSES - 1), { nil: undefined, freq: 1 }),
    /** How many entries are made until the next one. */
    pause: fc.integer({ min: 1, max: 30 }),
  }),
  { minLength: 15, maxLength: 15 },
);

onRealRedis('DistributedLock when everything fails at random', (engine) => {
  const victims: Victim[] = [];

  afterEach(async () => {
    for (const { worker } of victims) worker.kill();
    await Promise.all(victims.map(({ worker }) => worker.exited));
    await Promise.all(victims.splice(0).map(({ proxy }) => proxy.close()));
  });

  function startAt(proxy: FaultProxy): Victim['worker'] {
    const file = new URL('lock-chaos.worker.ts', import.meta.url);
    return startWorker(file, [proxy.url, engine.url(), engine.namespace()]);
  }

  async function start(): Promise<void> {
    const proxy = await startFaultProxy({ target: engine.url() });
    victims.push({ proxy, worker: startAt(proxy), isWell: true });
  }

  function heal(victim: Victim): void {
    victim.proxy.heal();
    victim.worker.continue();
    victim.isWell = true;
  }

  async function fail(fault: Fault, victim: Victim): Promise<void> {
    const { worker, proxy } = victim;
    const [first, ...more] = victims.filter(({ isWell }) => !isWell);
    if (first && more.length + 1 >= MOST_ILL) heal(first);
    victim.isWell = fault === 'kill' || fault === 'cut';
    if (fault === 'stop') worker.stop();
    else if (fault === 'cut off') proxy.blackhole();
    else if (fault === 'drop pushes') proxy.dropPushes();
    else if (fault === 'cut') proxy.cut();
    else {
      heal(victim);
      worker.kill();
      await worker.exited;
      victim.worker = startAt(proxy);
    }
  }

  it('lets one in at a time, lets tokens grow, and never comes to a stop', async function () {
    this.timeout('120s');
    const seed = Date.now() % 1e9;
    const redis = await engine.connect();
    const log = new LockLog(redis, engine.namespace());
    const lock = new DistributedLock(redis, 'a', { waitSeconds: 20 });
    for (let i = 0; i < PROCESSES; i++) await start();
    await Promise.all(victims.map(({ worker }) => worker.next()));

    const plan = fc.sample(plans, { seed, numRuns: 1 }).flat();
    for (const { fault, whom, pause } of plan) {
      const begun = await log.count();
      const [latest] = await log.read(1);
      const holder = victims.find(({ worker }) => worker.process.pid === latest?.pid);
      const victim = whom === undefined ? holder : victims[whom];
      if (victim) await fail(fault, victim);
      // Whatever happened: it goes on.
      const goesOn = async () => (await log.count()) >= begun + pause;
      await eventually(goesOn, { withinSeconds: 20 });
    }

    for (const victim of victims) heal(victim);
    for (const { worker } of victims) worker.send('stop');
    for (const { worker } of victims) expect(await worker.exited).to.equal(0);
    checkLog(await log.read(), `seed ${seed}`);
    await (await lock.acquire()).release();
    expect(await lock.inspect()).to.include({ held: false, waiters: 0 });
  });
});
