import { expect } from 'chai';
import { Redis } from 'ioredis';
import {
  Cache,
  DistributedLock,
  FencedValue,
  IdempotencyStore,
  type Lease,
  ReadWriteLock,
  Semaphore,
} from '../../src/index.js';
import type { RedisClient } from '../../src/redis/redis-client.js';
import { type Engine, onEachRedis, onRealRedis } from '../support/engines.js';
import { eventually } from '../support/eventually.js';
import { hostileNames } from '../support/hostile-strings.js';

const names = hostileNames(12);

/** What each of the things that has a name remembers, by a name. */
const memories: Record<string, (redis: RedisClient) => Memory> = {
  Cache(redis) {
    const cache = new Cache(redis, { ttlSeconds: 60 });
    return {
      put: (name) => cache.getOrSet(name, async () => `of ${name}`, { ttlSeconds: 60 }),
      take: (name) => cache.get(name),
    };
  },
  IdempotencyStore(redis) {
    const store = new IdempotencyStore(redis);
    const options = (name: string) => ({ fingerprint: { [name]: name }, version: name });
    return {
      put: (name) => store.run(name, async () => `of ${name}`, options(name)),
      take: async (name) => (await store.run(name, async () => 'another', options(name))).value,
    };
  },
  'steps of an IdempotencyStore'(redis) {
    const store = new IdempotencyStore(redis);
    const step = (name: string, result: string) =>
      store.run(
        'all',
        async (claim) => {
          await claim.step(name, async () => result);
          throw new Error('the steps stay');
        },
        { keepSteps: true },
      );
    return {
      put: (name) => step(name, `of ${name}`).catch(() => {}),
      async take(name) {
        let found: unknown;
        const run = store.run('all', async (claim) => {
          found = await claim.step(name, async () => 'another');
          await claim.abandon({ keepSteps: true });
        });
        await run.catch(() => {});
        return found;
      },
    };
  },
  FencedValue(redis) {
    const fenced = (name: string) => new FencedValue<string>(redis, name, { ttlSeconds: 60 });
    return {
      put: (name) => fenced(name).set(`of ${name}`, 1),
      take: (name) => fenced(name).get(),
    };
  },
  DistributedLock(redis) {
    return holderOf((name) => new DistributedLock(redis, name));
  },
  Semaphore(redis) {
    return holderOf((name) => new Semaphore(redis, name, { permits: 1 }));
  },
};

interface Memory {
  put(name: string): Promise<unknown>;
  take(name: string): Promise<unknown>;
}

/** A lock remembers that it is held. */
function holderOf(lockOf: (name: string) => Pick<DistributedLock, 'tryAcquire'>): Memory {
  return {
    put: async (name) => expect(await lockOf(name).tryAcquire(), JSON.stringify(name)).to.be.ok,
    take: async (name) => ((await lockOf(name).tryAcquire()) ? 'another' : `of ${name}`),
  };
}

async function keysOutside(redis: RedisClient, engine: Engine, before: Set<string>) {
  const keys = await (redis as Redis).keys('*');
  const inside = new RegExp(`^${engine.namespace()}:(cache|idempotency|lock):\\{`);
  return keys.filter((key) => !before.has(key) && !inside.test(key));
}

onEachRedis('names that want to break out', (engine) => {
  for (const [title, memoryOf] of Object.entries(memories)) {
    it(`are kept apart, and inside the namespace, by ${title}`, async () => {
      const redis = await engine.connect();
      const before = new Set(await (redis as Redis).keys('*'));
      const memory = memoryOf(redis);
      for (const name of names) await memory.put(name);
      for (const name of names) expect(await memory.take(name)).to.equal(`of ${name}`);
      expect(await keysOutside(redis, engine, before)).to.deep.equal([]);
    });
  }

  it('come back as they were, as values', async () => {
    const cache = new Cache(await engine.connect());
    const value = { names, byName: new Map(names.map((name) => [name, name])) };
    await cache.set('all', value, { ttlSeconds: 60 });
    expect(await cache.get('all')).to.deep.equal(value);
  });
});

/** What can be waited for, by the start of its address. */
const queues: Record<string, (redis: RedisClient, name: string) => Queue> = {
  lock: (redis, name) => new DistributedLock(redis, name),
  'semaphore:1': (redis, name) => new Semaphore(redis, name, { permits: 1 }),
  'read-write:1000000000': (redis, name) => {
    const lock = new ReadWriteLock(redis, name);
    return { acquire: () => lock.write(), inspect: () => lock.inspect() };
  },
};

interface Queue {
  acquire(): Promise<Lease>;
  inspect(): Promise<{ waiters: number }>;
}

onRealRedis('queues with such names', (engine) => {
  for (const [kind, queueOf] of Object.entries(queues)) {
    it(`are handed on by push, on a channel inside the namespace: ${kind}`, async () => {
      const [redis, other] = [await engine.connect(), await engine.connect()];
      const listener = new Redis(engine.url());
      const pushes: { channel: string; message: string }[] = [];
      listener.on('pmessage', (_, channel, message) => pushes.push({ channel, message }));
      await listener.psubscribe('*');
      for (const name of names) {
        const first = await queueOf(redis, name).acquire();
        const next = queueOf(other, name).acquire();
        await eventually(async () => (await queueOf(redis, name).inspect()).waiters === 1);
        await first.release();
        await (await next).release();
      }
      const prefix = `${engine.namespace()}:lock:`;
      await eventually(() => pushes.length === names.length);
      expect(pushes.every(({ channel }) => channel.startsWith(prefix))).to.equal(true);
      const told = pushes.map(({ message }) => message.replace(/^\S+ \d+ /, ''));
      expect(told).to.deep.equal(names.map((name) => `${kind}:${name}`));
      listener.disconnect();
    });
  }
});
