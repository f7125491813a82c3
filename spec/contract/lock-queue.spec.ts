import { once } from 'node:events';
import { expect } from 'chai';
import type { Redis } from 'ioredis';
import { isCacheUnavailableError, isLockTimeoutError } from '../../src/errors/index.js';
import { DistributedLock, type Lease } from '../../src/lock/index.js';
import { type Engine, onEachRedis, onRealRedis } from '../support/engines.js';
import { eventually } from '../support/eventually.js';
import { rejectionOf } from '../support/rejection.js';

type Client = Awaited<ReturnType<Engine['connect']>>;

onEachRedis('DistributedLock, 3: the queue', (engine) => {
  let redis: Client;
  let lock: DistributedLock;

  beforeEach(async () => {
    redis = await engine.connect();
    lock = new DistributedLock(redis, 'a', { waitSeconds: 20 });
  });

  const waiters = (count: number) =>
    eventually(async () => (await lock.inspect()).waiters === count);

  /** Waits in the queue before it resolves; adds to `order` once it has the lock. */
  async function enqueue(id: number, order: number[], of = lock): Promise<() => Promise<void>> {
    const before = (await lock.inspect()).waiters;
    const acquiring = of.acquire();
    await waiters(before + 1);
    return async () => {
      const lease = await acquiring;
      order.push(id);
      await lease.release();
    };
  }

  async function enqueueAll(locks: readonly DistributedLock[], order: number[]) {
    const turns: (() => Promise<void>)[] = [];
    for (const [id, of] of locks.entries()) turns.push(await enqueue(id, order, of));
    return () => Promise.all(turns.map((turn) => turn()));
  }

  it('is served in the order in which they asked, through several clients', async () => {
    const others = await Promise.all([1, 2, 3].map(() => engine.connect()));
    const locks = [...others, ...others].map(
      (client) => new DistributedLock(client, 'a', { waitSeconds: 20 }),
    );
    const order: number[] = [];
    const held = await lock.acquire();
    const turns = await enqueueAll(locks, order);
    await held.release();
    await turns();
    expect(order).to.deep.equal([0, 1, 2, 3, 4, 5]);
  });

  it('is not overtaken by tryAcquire, nor by acquire that does not wait', async () => {
    const held = await lock.acquire();
    const waiting = lock.acquire();
    await waiters(1);
    const releasing = held.release();
    const barging = [lock.tryAcquire(), lock.tryAcquire()];
    const impatient = rejectionOf(lock.acquire({ waitSeconds: 0 }));
    await releasing;
    expect(await Promise.all(barging)).to.deep.equal([undefined, undefined]);
    expect(isLockTimeoutError(await impatient)).to.equal(true);
    await (await waiting).release();
  });

  it('is left by those whose time is over', async () => {
    const held = await lock.acquire();
    const order: number[] = [];
    const impatient = rejectionOf(lock.acquire({ waitSeconds: 0.1 }));
    await waiters(1);
    const turn = await enqueue(1, order);
    expect(isLockTimeoutError(await impatient)).to.equal(true);
    await waiters(1);
    await held.release();
    await turn();
    expect(order).to.deep.equal([1]);
  });

  it('is left by those who are aborted, with the reason of their signal', async () => {
    const held = await lock.acquire();
    const controller = new AbortController();
    const aborted = rejectionOf(lock.acquire({ signal: controller.signal }));
    const withReason = new AbortController();
    const reason = new Error('enough');
    const abortedToo = rejectionOf(lock.run(async () => 1, { signal: withReason.signal }));
    await waiters(2);
    controller.abort();
    withReason.abort(reason);
    expect((await aborted).name).to.equal('AbortError');
    expect(await abortedToo).to.equal(reason);
    await waiters(0);
    await held.release();
    expect((await rejectionOf(lock.acquire({ signal: controller.signal }))).name).to.equal(
      'AbortError',
    );
    expect((await lock.inspect()).held).to.equal(false);
  });

  it('takes no notice of a signal that aborts after the lock was acquired', async () => {
    const controller = new AbortController();
    const lease = await lock.acquire({ signal: controller.signal });
    controller.abort();
    expect(lease.isHeld).to.equal(true);
    expect(lease.signal.aborted).to.equal(false);
    await lease.release();
  });

  it('goes on when the one whose turn it is gives up at that moment', async () => {
    for (let round = 0; round < 10; round++) {
      const held = await lock.acquire();
      const controller = new AbortController();
      const first = lock.acquire({ signal: controller.signal }).then(
        (lease) => lease.release(),
        () => undefined,
      );
      await waiters(1);
      const second = lock.acquire();
      await waiters(2);
      const releasing = held.release();
      if (round % 2) await releasing;
      controller.abort();
      await first;
      await (await second).release();
      await releasing;
    }
  });

  it('goes on when the lock is released by force, or its lease ends', async () => {
    const forced = await lock.acquire();
    const next = lock.acquire();
    await waiters(1);
    await lock.forceRelease();
    expect((await next).token).to.be.greaterThan(forced.token);
    await (await next).release();

    const short = new DistributedLock(redis, 'a', { ttlSeconds: 0.4, renew: false });
    await short.acquire();
    await (await lock.acquire()).release();
  });

  it('goes on, in order, when its keys are deleted', async () => {
    const clients = await Promise.all([1, 2].map(() => engine.connect()));
    const order: number[] = [];
    const held = await lock.acquire();
    const turns = await enqueueAll(
      [...clients, ...clients].map(
        (client) => new DistributedLock(client, 'a', { waitSeconds: 20 }),
      ),
      order,
    );
    await redis.del(...(await redis.keys(`${engine.namespace()}:lock:*`)));
    await turns();
    await rejectionOf(held.release());
    const ofOne = [order.filter((id) => id % 2 === 0), order.filter((id) => id % 2 === 1)];
    expect(ofOne).to.deep.equal([
      [0, 2],
      [1, 3],
    ]);
  });

  it('lets one hundred through, one at a time', async () => {
    let inside = 0;
    let most = 0;
    const order: number[] = [];
    const work = async (id: number) => {
      inside += 1;
      most = Math.max(most, inside);
      await Promise.resolve();
      order.push(id);
      inside -= 1;
    };
    const all = Array.from({ length: 100 }, (_, id) => lock.run(() => work(id)));
    await Promise.all(all);
    expect(most).to.equal(1);
    expect(order).to.deep.equal([...order].sort((a, b) => a - b));
  });

  it('is given up by all when their client is closed', async () => {
    const held = await lock.acquire();
    const client = await engine.connect();
    const waiting = rejectionOf(
      new DistributedLock(client, 'a', { waitSeconds: Number.POSITIVE_INFINITY }).acquire(),
    );
    await waiters(1);
    await client.quit();
    expect(isCacheUnavailableError(await waiting)).to.equal(true);
    await held.release();
  });
});

onRealRedis('DistributedLock, 3: the queue of a client', (engine) => {
  it('is served again after the client was closed and opened', async () => {
    const redis = (await engine.connect()) as Redis;
    const lock = new DistributedLock(redis, 'a', { waitSeconds: 20 });
    for (let round = 0; round < 2; round++) {
      const held = await lock.acquire();
      const next = lock.acquire();
      await eventually(async () => (await lock.inspect()).waiters === 1);
      await held.release();
      await (await next).release();
      const ended = once(redis, 'end');
      redis.disconnect();
      await ended;
      await redis.connect();
    }
  });
});

onRealRedis('DistributedLock, 3: the cost of the queue', (engine) => {
  const calls = async (redis: Redis, command: string) => {
    const line = new RegExp(`cmdstat_${command}:calls=(\\d+)`);
    return Number(line.exec(await redis.info('commandstats'))?.[1] ?? 0);
  };
  const scripts = async (redis: Redis) =>
    (await calls(redis, 'evalsha')) + (await calls(redis, 'eval'));

  it('is one command to acquire, one to release, and three with a wait', async () => {
    const redis = (await engine.connect()) as Redis;
    const lock = new DistributedLock(redis, 'a');
    const ofPair = async (acquire: () => Promise<Lease>) => {
      const before = await scripts(redis);
      await (await acquire()).release();
      return (await scripts(redis)) - before;
    };
    const waiting = async () => {
      const held = await lock.acquire();
      const next = lock.acquire();
      await eventually(async () => (await redis.zcard(queue)) === 1);
      await held.release();
      await (await next).release();
    };
    const queue = `${engine.namespace()}:lock:{a}:queue`;
    // Scripts get known and the channel is subscribed: that costs once.
    await waiting();
    expect(await ofPair(() => lock.acquire())).to.equal(2);
    const before = await scripts(redis);
    await waiting();
    // Two of these are the first pair's.
    expect((await scripts(redis)) - before).to.be.within(5, 6);
  });

  it('is one message, to the one whose turn it is', async () => {
    const redis = (await engine.connect()) as Redis;
    const spy = (await engine.connect()) as Redis;
    const messages: [string, string][] = [];
    const listener = spy.duplicate();
    await listener.psubscribe(`${engine.namespace()}:*`);
    listener.on('pmessage', (_, channel, message) => messages.push([channel, message]));
    const lock = new DistributedLock(redis, 'a b');
    const other = new DistributedLock(spy, 'a b');
    const held = await lock.acquire();
    const waiting = [other.acquire(), lock.acquire()];
    await eventually(async () => (await lock.inspect()).waiters === 2);
    await held.release();
    const first = await Promise.race(waiting);
    await eventually(() => messages.length > 0);
    expect(messages.length).to.equal(1);
    await first.release();
    const leases = await Promise.all(waiting);
    await leases.find((lease) => lease !== first)?.release();
    await eventually(() => messages.length > 1);
    // What this connection publishes now comes after all else.
    const end = `${engine.namespace()}:end`;
    await redis.publish(end, '');
    await eventually(() => messages.at(-1)?.[0] === end);
    messages.pop();
    listener.disconnect();
    expect(messages.length).to.equal(2);
    for (const [channel, message] of messages) {
      expect(channel.startsWith(`${engine.namespace()}:lock:wake:`)).to.equal(true);
      expect(message.endsWith(' lock:a b')).to.equal(true);
    }
  });

  it('is less than a command a second for all that wait in a process', async () => {
    const redis = (await engine.connect()) as Redis;
    const lock = new DistributedLock(redis, 'a');
    const held = await lock.acquire();
    const waiting = Array.from({ length: 50 }, () => lock.acquire());
    await eventually(async () => (await lock.inspect()).waiters === 50);
    const alive = () => redis.zrange(`${engine.namespace()}:lock:{a}:alive`, 0, -1, 'WITHSCORES');
    const seen = new Set<string>();
    const begun = await scripts(redis);
    await eventually(async () => seen.add((await alive()).join(' ')).size > 3);
    expect((await scripts(redis)) - begun).to.be.at.most(4);
    await held.release();
    for (const next of waiting) await (await next).release();
  });
});
