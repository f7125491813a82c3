import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { Redis } from 'ioredis';
import {
  Cache,
  createClient,
  DistributedLock,
  FencedValue,
  IdempotencyStore,
  ReadWriteLock,
  Semaphore,
} from '../../src/index.js';
import { eventually } from '../support/eventually.js';
import { type RedisServer, startRedisServer } from '../support/redis-server.js';
import { rejectionOf } from '../support/rejection.js';
import { readPage } from './snippets.js';

const fileOf = (name: string) => fileURLToPath(new URL(`../../docs/acl/${name}`, import.meta.url));

/** The commands that a file allows, as the server counts them. */
function allowedBy(name: string): string[] {
  return readFileSync(fileOf(name), 'utf8')
    .split(/\s+/)
    .filter((word) => word.startsWith('+'))
    .map((word) => word.slice(1));
}

/** The commands that were called since the count was reset, also by scripts. */
async function called(admin: Redis): Promise<string[]> {
  const stats = String(await admin.info('commandstats'));
  return [...stats.matchAll(/^cmdstat_([^:]+):calls=[1-9]/gm)].map(([, command]) => command ?? '');
}

describe('The rights in docs/acl/qx-cache.acl', () => {
  let server: RedisServer;
  let admin: Redis;

  beforeEach(async () => {
    server = await startRedisServer({ config: { aclfile: fileOf('qx-cache.acl') } });
    admin = new Redis(server.port);
    await admin.call('ACL', 'SETUSER', 'qx-app', '>password');
    await admin.config('RESETSTAT');
  });

  afterEach(async () => {
    admin.disconnect();
    await server.stop();
  });

  it('let nobody in until the user has a password', async () => {
    await admin.call('ACL', 'SETUSER', 'qx-app', 'resetpass');
    const url = `redis://qx-app:password@127.0.0.1:${server.port}`;
    expect(await rejectionOf(createClient(url))).to.include({ reason: 'auth' });
  });

  it('end where another namespace and other keys begin', async () => {
    const url = `redis://qx-app:password@127.0.0.1:${server.port}`;
    expect(await rejectionOf(createClient({ url, namespace: 'other' }))).to.include({
      reason: 'auth',
    });
    const redis = (await createClient(url)) as Redis;
    for (const [command, ...args] of [
      ...[
        ['GET', 'session:1'],
        ['SET', 'qx:other', '1'],
        ['PUBLISH', 'qx:other:a', 'x'],
      ],
      ...[['KEYS', '*'], ['SCAN', '0'], ['FLUSHALL'], ['CONFIG', 'GET', '*'], ['ACL', 'LIST']],
      ...[['CLIENT', 'LIST'], ['CLIENT', 'KILL', 'ID', '1'], ['MONITOR'], ['SCRIPT', 'FLUSH']],
      ...[['SUBSCRIBE', 'other'], ['PSUBSCRIBE', '*'], ['SHUTDOWN']],
    ]) {
      const error = await rejectionOf(redis.call(command as string, ...args));
      expect(error.message, command).to.match(/NOPERM/);
    }
    await redis.quit();
  });

  it('are enough for all there is', async () => {
    const url = `redis://qx-app:password@127.0.0.1:${server.port}/1`;
    const [redis, other] = [await createClient(url), await createClient(url)];

    const [store, waiter] = [new IdempotencyStore(redis), new IdempotencyStore(other)];
    const claimed = await store.claim('a', { leaseSeconds: 5 });
    const waiting = waiter.run('a', async () => 'second');
    await eventually(async () => ((await admin.call('PUBSUB', 'CHANNELS')) as unknown[]).length);
    if (claimed.status === 'claimed') {
      await claimed.claim.renew();
      await claimed.claim.abandon();
    }
    expect((await waiting).value).to.equal('second');
    expect(await store.get('a')).to.equal('second');
    expect(await store.inspect('a')).to.include({ state: 'completed' });
    expect(await store.delete('a')).to.equal(true);
    expect(await store.set('a', 1)).to.equal(true);

    const failing = store.run(
      'b',
      async (claim) => {
        await claim.step('first', async () => 1);
        throw new Error('failed');
      },
      { keepSteps: true },
    );
    await failing.catch(() => {});
    const versioned = { version: '2', onVersionMismatch: 'execute' } as const;
    expect((await store.run('a', async () => 2, versioned)).value).to.equal(2);
    expect((await store.run('b', (claim) => claim.step('first', async () => 2))).value).to.equal(1);
    expect(await store.delete('a')).to.equal(true);
    expect(await store.set('a', 1)).to.equal(true);

    const replayCache = { maxEntries: 10, maxAgeSeconds: 60 };
    const remembering = new IdempotencyStore(other, { replayCache });
    await eventually(async () => {
      expect(await remembering.get('a')).to.equal(1);
      await redis.del('qx:idempotency:{a}');
      const found = await remembering.get('a');
      return (await store.set('a', 1)) && found === 1;
    });
    expect(await store.delete('a')).to.equal(true);
    await eventually(async () => (await remembering.get('a')) === undefined);

    const lock = new DistributedLock(redis, 'a');
    const lease = await lock.acquire();
    const next = new DistributedLock(other, 'a').acquire();
    // Long enough for a heartbeat.
    await eventually(async () => {
      const [waiter] = (await lock.inspect()).queue;
      return waiter && waiter.ageSeconds > 1.1;
    });
    await lease.renew();
    await lease.release();
    await (await next).release();
    await lock.acquire();
    expect(await lock.forceRelease()).to.equal(true);
    for (let i = 0; i < 1200; i += 1) await lock.run(async () => i);

    const [semaphore, shared] = [
      new Semaphore(redis, 'a', { permits: 1 }),
      new ReadWriteLock(redis, 'a'),
    ];
    const permit = await semaphore.acquire();
    const nextPermit = new Semaphore(other, 'a', { permits: 1 }).acquire();
    const writer = await shared.write();
    const reader = new ReadWriteLock(other, 'a').read();
    // Long enough for a heartbeat.
    await eventually(async () => {
      const queues = [(await semaphore.inspect()).queue, (await shared.inspect()).queue];
      return queues.every(([waiter]) => waiter && waiter.ageSeconds > 1.1);
    });
    await permit.renew();
    await Promise.all([permit.release(), writer.release()]);
    await Promise.all([(await nextPermit).release(), (await reader).release()]);
    // A lease that ended by itself, one that was given up in the queue, and one that is taken away.
    await new Semaphore(redis, 'a', { permits: 1, ttlSeconds: 0.2, renew: false }).acquire();
    await semaphore.acquire();
    await rejectionOf(semaphore.acquire({ waitSeconds: 0.1 }));
    expect(await semaphore.forceRelease()).to.equal(true);

    const value = new FencedValue(redis, 'a', { ttlSeconds: 60 });
    await value.set(1, 1);
    expect(await value.get()).to.equal(1);
    await value.delete(1);

    const cache = new Cache(redis, { ttlSeconds: 60 });
    await cache.set('a', 1, { when: 'absent' });
    await cache.setMany({ b: 2 });
    expect((await cache.getMany(['a', 'b'])).size).to.equal(2);
    expect(await cache.exists('a')).to.equal(true);
    expect(await cache.ttl('a')).to.be.above(0);
    expect(await cache.delete('a')).to.equal(1);
    const load = () => cache.getOrSet('a', async () => 3, { ttlSeconds: 1, staleSeconds: 9 });
    expect([await load(), await load()]).to.deep.equal([3, 3]);

    expect(await admin.call('ACL', 'LOG')).to.deep.equal([]);
    // And no right is there that all of this does without.
    expect(await called(admin)).to.include.members(allowedBy('qx-cache.acl'));
    await Promise.all([redis.quit(), other.quit()]);
  });

  it('are enough for durability with the one that stands beside them', async () => {
    expect(readPage('docs/operations.md')).to.match(/`durability`\]\(\S+\) `\+wait`/);
    await admin.call('ACL', 'SETUSER', 'qx-app', '+wait');
    const redis = await createClient(`redis://qx-app:password@127.0.0.1:${server.port}/0`);
    const durability = { replicas: 1, timeoutSeconds: 0.05 };
    const error = await rejectionOf(new IdempotencyStore(redis, { durability }).claim('a'));
    expect(error.message).to.include('0 of 1 replicas');
    expect(await admin.call('ACL', 'LOG')).to.deep.equal([]);
    await redis.quit();
  });
});

describe('The rights in docs/acl/qx-cache-cluster.acl', () => {
  const file = 'qx-cache-cluster.acl';
  let server: RedisServer;
  let admin: Redis;

  before(async () => {
    server = await startRedisServer({
      config: {
        aclfile: fileOf(file),
        'cluster-enabled': 'yes',
        'cluster-announce-ip': '127.0.0.1',
      },
    });
    admin = new Redis(server.port);
    await admin.call('ACL', 'SETUSER', 'qx-app', '>password');
    await admin.call('CLUSTER', 'ADDSLOTSRANGE', 0, 16_383);
    await eventually(async () => /cluster_state:ok/.test(`${await admin.call('CLUSTER', 'INFO')}`));
    await admin.config('RESETSTAT');
  });

  after(async () => {
    admin.disconnect();
    await server.stop();
  });

  it('are those for one server, and those that a client of a cluster needs', async () => {
    const url = `redis+cluster://qx-app:password@127.0.0.1:${server.port}`;
    const [redis, other] = [await createClient(url), await createClient(url)];
    const lease = await new DistributedLock(redis, 'a').acquire();
    const next = new DistributedLock(other, 'a').acquire();
    await eventually(async () => (await new DistributedLock(redis, 'a').inspect()).waiters === 1);
    await lease.release();
    await (await next).release();
    expect((await new IdempotencyStore(redis).run('a', async () => 1)).value).to.equal(1);
    expect(await new Cache(redis).getMany(['a', 'b'])).to.have.property('size', 0);
    expect(await admin.call('ACL', 'LOG')).to.deep.equal([]);

    const single = allowedBy('qx-cache.acl');
    const more = allowedBy(file).filter((command) => !single.includes(command));
    // Of a slot that is on its way to another node, that is asked for by name.
    const whileMoving = ['asking'];
    expect(await called(admin)).to.include.members(
      more.filter((command) => !whileMoving.includes(command)),
    );
    expect(single.filter((command) => !allowedBy(file).includes(command))).to.deep.equal([
      'select',
    ]);
    await Promise.all([redis.quit(), other.quit()]);
  });
});
