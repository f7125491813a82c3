import { expect } from 'chai';
import type { Redis } from 'ioredis';
import { DistributedLock, type Lease } from '../../src/lock/index.js';
import { onRealRedis } from '../support/engines.js';
import { eventually } from '../support/eventually.js';

onRealRedis('DistributedLock with 2,000 waiters', (engine) => {
  let redis: Redis;
  let lock: DistributedLock;

  beforeEach(async () => {
    redis = (await engine.connect()) as Redis;
    lock = new DistributedLock(redis, 'a', { waitSeconds: 60 });
  });

  const key = (part: string) => `${engine.namespace()}:lock:{a}:${part}`;

  /** Calls of commands of that name since the server started, also those that scripts make. */
  async function calls(command: RegExp): Promise<number> {
    const stats = await redis.info('commandstats');
    const counts = stats.matchAll(new RegExp(`^cmdstat_(?:${command.source}):calls=(\\d+)`, 'gm'));
    return [...counts].reduce((sum, [, count]) => sum + Number(count), 0);
  }

  /** Holds the lock while so many wait for it. They go when `leave` is called. */
  async function crowd(count: number) {
    const held = await lock.acquire();
    const controller = new AbortController();
    const { signal } = controller;
    const waiting = Array.from({ length: count }, () => lock.acquire({ signal }));
    for (const waiter of waiting) waiter.catch(() => undefined);
    await eventually(async () => (await redis.zcard(key('queue'))) === count);
    const leave = async (last: Lease) => {
      controller.abort();
      await Promise.allSettled(waiting);
      await last.release();
      await eventually(async () => (await redis.zcard(key('queue'))) === 0);
    };
    return { held, waiting, leave };
  }

  /** How many commands Redis carries out for a hand-over, from the release to the next lease. */
  async function costOfHandOver(count: number): Promise<number> {
    const { held, waiting, leave } = await crowd(count);
    let last = held;
    const costs: number[] = [];
    for (const next of waiting.slice(0, 9)) {
      const before = await calls(/\S+/);
      await last.release();
      last = await next;
      costs.push((await calls(/\S+/)) - before);
    }
    await leave(last);
    // Now and then a heartbeat comes between.
    return Math.min(...costs);
  }

  it('hands on with as many commands as with ten', async () => {
    const ofTen = await costOfHandOver(10);
    expect(ofTen).to.be.within(2, 30);
    expect(await costOfHandOver(2000)).to.equal(ofTen);
  });

  it('serves them in order, with one connection more and one heartbeat for all', async () => {
    const subscribers = async () => {
      const list = String(await redis.call('CLIENT', 'LIST', 'TYPE', 'pubsub'));
      return list.split('\n').filter(Boolean).length;
    };
    const connections = async () =>
      String(await redis.call('CLIENT', 'LIST'))
        .trim()
        .split('\n').length;
    const before = { all: await connections(), subscribers: await subscribers() };
    const { held, waiting, leave } = await crowd(2000);
    await eventually(async () => (await subscribers()) === before.subscribers + 1);
    expect(await connections()).to.equal(before.all + 1);

    const signs = new Set<string>();
    const seeSign = async () =>
      signs.add((await redis.zrange(key('alive'), 0, -1, 'WITHSCORES')).join(' '));
    await eventually(async () => (await seeSign()).size > 1);
    const begun = await calls(/eval|evalsha/);
    await eventually(async () => (await seeSign()).size > 3);
    expect((await calls(/eval|evalsha/)) - begun).to.be.within(1, 3);

    let last = held;
    const served: number[] = [];
    const all = waiting.map(async (next, number) => {
      const lease = await next;
      served.push(number);
      return lease;
    });
    for (const next of all.slice(0, 50)) {
      await last.release();
      last = await next;
    }
    expect(served).to.deep.equal(Array.from({ length: 50 }, (_, number) => number));
    for (const next of all) next.catch(() => undefined);
    await leave(last);
  });
});
