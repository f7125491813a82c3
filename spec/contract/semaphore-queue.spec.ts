import { expect } from 'chai';
import type { Redis } from 'ioredis';
import { isLockTimeoutError } from '../../src/errors/index.js';
import { type AcquireOptions, type Lease, Semaphore } from '../../src/lock/index.js';
import { type Engine, onEachRedis, onRealRedis } from '../support/engines.js';
import { eventually } from '../support/eventually.js';
import { rejectionOf } from '../support/rejection.js';

type Client = Awaited<ReturnType<Engine['connect']>>;

onEachRedis('The queue of a semaphore', (engine) => {
  let redis: Client;
  let semaphore: Semaphore;

  beforeEach(async () => {
    redis = await engine.connect();
    semaphore = new Semaphore(redis, 'a', { permits: 2, waitSeconds: 20 });
  });

  const waiters = (count: number) =>
    eventually(async () => (await semaphore.inspect()).waiters === count);

  /** Waits in the queue before it resolves. */
  async function enqueue(of = semaphore, options?: AcquireOptions): Promise<() => Promise<Lease>> {
    const before = (await semaphore.inspect()).waiters;
    const acquiring = of.acquire(options);
    // Whoever awaits it hears of it; until then it is no accident.
    acquiring.catch(() => {});
    await waiters(before + 1);
    return () => acquiring;
  }

  /** Takes all permits. */
  const fill = () => Promise.all([semaphore.acquire(), semaphore.acquire()]);

  it('is served in the order in which they asked, through several clients', async () => {
    const others = await Promise.all([1, 2, 3].map(() => engine.connect()));
    const held = await fill();
    const order: number[] = [];
    const turns: Promise<void>[] = [];
    for (const [id, client] of [...others, ...others].entries()) {
      const of = new Semaphore(client, 'a', { permits: 2, waitSeconds: 20 });
      const acquiring = await enqueue(of);
      turns.push(
        acquiring().then((lease) => {
          order.push(id);
          return lease.release();
        }),
      );
    }
    // With one permit only, so that they come one after the other.
    await held[0].release();
    await Promise.all(turns);
    expect(order).to.deep.equal([0, 1, 2, 3, 4, 5]);
    await held[1].release();
  });

  it('gets as many permits at once as were given back', async () => {
    const held = await fill();
    const one = await enqueue();
    const two = await enqueue();
    const three = await enqueue();
    await semaphore.forceRelease();
    const first = await Promise.all([one(), two()]);
    expect(await semaphore.inspect()).to.include({ waiters: 1 });
    await first[0].release();
    await (await three()).release();
    await first[1].release();
    for (const lease of held) await rejectionOf(lease.release());
  });

  it('is not overtaken by tryAcquire, nor by acquire that does not wait', async () => {
    const [one, two] = await fill();
    const waiting = await enqueue();
    const releasing = one.release();
    const barging = [semaphore.tryAcquire(), semaphore.tryAcquire()];
    const impatient = rejectionOf(semaphore.acquire({ waitSeconds: 0 }));
    await releasing;
    expect(await Promise.all(barging)).to.deep.equal([undefined, undefined]);
    expect(isLockTimeoutError(await impatient)).to.equal(true);
    await (await waiting()).release();
    await two.release();
  });

  it('is left by those whose time is over, and by those who are aborted', async () => {
    const held = await fill();
    const controller = new AbortController();
    const impatient = await enqueue(semaphore, { waitSeconds: 0.3 });
    const aborted = await enqueue(semaphore, { signal: controller.signal });
    const next = await enqueue();
    controller.abort();
    expect((await rejectionOf(aborted())).name).to.equal('AbortError');
    expect(isLockTimeoutError(await rejectionOf(impatient()))).to.equal(true);
    await waiters(1);
    await held[0].release();
    await (await next()).release();
    await held[1].release();
    expect((await semaphore.inspect()).holders).to.deep.equal([]);
  });

  it('goes on when those whose turn it is give up at that moment', async () => {
    for (let round = 0; round < 10; round++) {
      const held = await fill();
      const controller = new AbortController();
      const { signal } = controller;
      const quitters = [semaphore.acquire({ signal }), semaphore.acquire({ signal })].map(
        (quitter) =>
          quitter.then(
            (lease) => lease.release(),
            () => undefined,
          ),
      );
      await waiters(2);
      const behind = [semaphore.acquire(), semaphore.acquire()];
      await waiters(4);
      const releasing = held.map((lease) => lease.release());
      if (round % 2) await releasing[0];
      controller.abort();
      await Promise.all([...quitters, ...releasing]);
      for (const lease of await Promise.all(behind)) await lease.release();
    }
  });

  it('goes on, in order, when its keys are deleted', async () => {
    const held = await fill();
    const one = await enqueue();
    const two = await enqueue();
    const three = await enqueue();
    await redis.del(...(await redis.keys(`${engine.namespace()}:lock:*`)));
    const first = await Promise.all([one(), two()]);
    expect(await semaphore.inspect()).to.include({ waiters: 1 });
    for (const lease of held) await rejectionOf(lease.release());
    for (const lease of first) await lease.release();
    await (await three()).release();
  });
});

onRealRedis('The cost of a semaphore', (engine) => {
  it('is one command to acquire, one to release, and three with a wait', async () => {
    const redis = (await engine.connect()) as Redis;
    const semaphore = new Semaphore(redis, 'a', { permits: 2 });
    const scripts = async () => {
      const stats = await redis.info('commandstats');
      const calls = [...stats.matchAll(/cmdstat_eval(?:sha)?:calls=(\d+)/g)];
      return calls.reduce((sum, [, count]) => sum + Number(count), 0);
    };
    const costOf = async (work: () => Promise<unknown>) => {
      const before = await scripts();
      await work();
      return (await scripts()) - before;
    };
    const queue = `${engine.namespace()}:lock:{a}:semaphore:queue`;
    const pair = async () => (await semaphore.acquire()).release();
    const waiting = async () => {
      const [one, two] = [await semaphore.acquire(), await semaphore.acquire()];
      const next = semaphore.acquire();
      await eventually(async () => (await redis.zcard(queue)) === 1);
      await one.release();
      await Promise.all([(await next).release(), two.release()]);
    };
    // Scripts get known and the channel is subscribed: that costs once.
    await waiting();
    expect(await costOf(pair)).to.equal(2);
    // Four of these are those of the other two. A busy machine may take a heartbeat.
    expect(await costOf(waiting)).to.be.within(4 + 3, 4 + 4);
  });
});
