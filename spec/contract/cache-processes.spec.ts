import { expect } from 'chai';
import type { Redis } from 'ioredis';
import { Cache } from '../../src/cache/index.js';
import type { FromLoadWorker, ToLoadWorker } from '../cache/load.worker.js';
import { onRealRedis } from '../support/engines.js';
import { eventually } from '../support/eventually.js';
import { startWorker, type Worker } from '../support/worker.js';

type LoadWorker = Worker<ToLoadWorker, FromLoadWorker>;

onRealRedis('Cache.getOrSet across processes', (engine) => {
  const workers: LoadWorker[] = [];
  let redis: Redis;
  let cache: Cache;

  beforeEach(async () => {
    redis = (await engine.connect()) as Redis;
    cache = new Cache(redis);
  });

  afterEach(async () => {
    for (const worker of workers) worker.kill();
    await Promise.all(workers.splice(0).map(({ exited }) => exited));
  });

  const keyOf = (part = '') => `${engine.namespace()}:cache:{a}${part}`;

  async function start(count: number): Promise<LoadWorker[]> {
    const file = new URL('../cache/load.worker.ts', import.meta.url);
    const started = Array.from({ length: count }, () =>
      startWorker<ToLoadWorker, FromLoadWorker>(file, [engine.url(), engine.namespace()]),
    );
    workers.push(...started);
    await Promise.all(started.map((worker) => worker.next()));
    return started;
  }

  /** Lets all of them ask; resolves when one loads and the others wait for it, told by push. */
  async function askAll(callers: number): Promise<{ loader: LoadWorker; waiters: LoadWorker[] }> {
    for (const worker of workers) worker.send({ do: 'ask', key: 'a', callers });
    const isLoading = ({ messages }: LoadWorker) => messages.some(({ is }) => is === 'loading');
    const loader = await eventually(() => workers.find(isLoading));
    await eventually(async () => (await listeners()) === workers.length - 1);
    expect(workers.filter(isLoading)).to.deep.equal([loader]);
    return { loader, waiters: workers.filter((worker) => worker !== loader) };
  }

  const listeners = async () => (await redis.pubsub('NUMSUB', keyOf(':loaded')))[1];

  async function answersOf(worker: LoadWorker): Promise<readonly string[]> {
    const found = await eventually(() => worker.messages.find(({ is }) => is === 'answered'));
    return found.is === 'answered' ? found.answers : [];
  }

  it('loads once for all callers of all processes', async () => {
    await start(4);
    const { loader } = await askAll(5);
    loader.send({ do: 'load', value: 'x' });
    for (const worker of workers) {
      expect(await answersOf(worker)).to.deep.equal(Array(5).fill('x'));
    }
    const loads = workers.flatMap(({ messages }) => messages).filter(({ is }) => is === 'loading');
    expect(loads).to.have.length(1);
    expect(await cache.get('a')).to.equal('x');
    expect(await redis.exists(keyOf(':load'))).to.equal(0);
    // Nobody listens any more.
    await eventually(async () => (await listeners()) === 0);
  });

  it('lets the next process load when one failed; only one caller hears of it', async () => {
    await start(3);
    const { loader, waiters } = await askAll(1);
    loader.send({ do: 'load', value: undefined });
    expect(await answersOf(loader)).to.deep.equal(['failed']);
    const next = await eventually(() =>
      waiters.find(({ messages }) => messages.some(({ is }) => is === 'loading')),
    );
    next.send({ do: 'load', value: 'x' });
    for (const worker of waiters) expect(await answersOf(worker)).to.deep.equal(['x']);
  });

  it('gives waiters elsewhere what a set left, and the loader what it loaded', async () => {
    await start(3);
    const { loader, waiters } = await askAll(2);
    await cache.set('a', 'newer');
    for (const worker of waiters) expect(await answersOf(worker)).to.deep.equal(['newer', 'newer']);
    loader.send({ do: 'load', value: 'older' });
    expect(await answersOf(loader)).to.deep.equal(['older', 'older']);
    expect(await cache.get('a')).to.equal('newer');
  });

  it('lets a waiter elsewhere load anew after a delete; the older load is not stored', async () => {
    await start(2);
    const { loader, waiters } = await askAll(2);
    await cache.delete('a');
    const [next] = waiters as [LoadWorker];
    await eventually(() => next.messages.some(({ is }) => is === 'loading'));
    loader.send({ do: 'load', value: 'older' });
    expect(await answersOf(loader)).to.deep.equal(['older', 'older']);
    expect(await cache.exists('a')).to.equal(false);
    next.send({ do: 'load', value: 'newer' });
    expect(await answersOf(next)).to.deep.equal(['newer', 'newer']);
    expect(await cache.get('a')).to.equal('newer');
  });

  it('survives a loader that is killed: its lease ends, and one of the others loads', async () => {
    await start(3);
    const { loader, waiters } = await askAll(2);
    loader.kill('SIGKILL');
    await loader.exited;
    expect(await redis.pttl(keyOf(':load'))).to.be.within(1, 10_000);
    // The rest of the lease need not pass for this to be seen; nobody renews it any more.
    await redis.pexpire(keyOf(':load'), 1);
    const next = await eventually(
      () => waiters.find(({ messages }) => messages.some(({ is }) => is === 'loading')),
      { withinSeconds: 20 },
    );
    next.send({ do: 'load', value: 'x' });
    for (const worker of waiters) expect(await answersOf(worker)).to.deep.equal(['x', 'x']);
  });

  it('lets the process end after quit, also one that has waited', async () => {
    await start(2);
    const { loader } = await askAll(1);
    loader.send({ do: 'load', value: 'x' });
    for (const worker of workers) {
      await answersOf(worker);
      worker.send({ do: 'end' });
    }
    for (const worker of workers) expect(await worker.exited).to.equal(0);
  });
});
