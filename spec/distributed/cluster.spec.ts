import { expect } from 'chai';
import { Cluster, Redis } from 'ioredis';
import {
  Cache,
  createClient,
  DistributedLock,
  IdempotencyStore,
  Semaphore,
} from '../../src/index.js';
import { slotOf } from '../../src/redis/key-slot.js';
import { lockWorkers, tokenOf } from '../lock/lock-workers.js';
import { openRun } from '../support/claims.js';
import { primaryOf, startMoving } from '../support/cluster-slots.js';
import { eventually } from '../support/eventually.js';
import type { RedisServer } from '../support/redis-server.js';
import { type ClusterTopology, startCluster } from '../support/redis-topologies.js';
import { replicated } from './replicated.js';
import { expectOnlyWhatIsPromised, lostOf, report } from './surviving.js';
import { startTraffic, type Traffic } from './traffic.js';

type Client = Awaited<ReturnType<typeof createClient>>;

describe('On a Redis Cluster of 3 primaries and 3 replicas', function () {
  this.timeout('60s');
  let cluster: ClusterTopology;
  const clients: Client[] = [];
  const workers = lockWorkers();
  let traffic: Traffic | undefined;

  before(async () => {
    cluster = await startCluster({ replicas: true });
  });
  beforeEach(async () => {
    for (let i = 0; i < 4; i += 1) clients.push(await createClient(cluster.url));
  });
  afterEach(async () => {
    await traffic?.stop();
    traffic = undefined;
    await Promise.all(clients.splice(0).map((client) => client.quit()));
  });
  after(() => cluster.stop());

  const [redis, other] = [() => clients[0] as Client, () => clients[1] as Client];

  /** What is listened to at a node. */
  async function channelsAt(server: RedisServer, of: 'CHANNELS' | 'SHARDCHANNELS') {
    const node = new Redis(server.port);
    const channels = (await node.call('PUBSUB', of)) as string[];
    node.disconnect();
    return channels;
  }
  const listening = (key: string) =>
    eventually(async () => {
      const channels = await channelsAt(primaryOf(key, cluster.primaries), 'SHARDCHANNELS');
      return channels.find((channel) => channel.includes(`{${key}}`));
    });

  /** From the node that has a key to another one. */
  function wayOf(key: string): [RedisServer, RedisServer] {
    const from = primaryOf(key, cluster.primaries);
    return [from, cluster.primaries.find((server) => server !== from) as RedisServer];
  }

  /** How often a node said that it has not all keys of a command, as a slot is half-way. */
  async function tryAgains(server: RedisServer): Promise<number> {
    const node = new Redis(server.port);
    const stats = await node.info('errorstats');
    node.disconnect();
    return Number(/errorstat_TRYAGAIN:count=(\d+)/.exec(stats)?.[1] ?? 0);
  }

  it('gives clients of the cluster', () => {
    expect(redis()).to.be.instanceOf(Cluster);
  });

  it('wakes another process in the shard of the lock, and nowhere else', async () => {
    const held = await new DistributedLock(redis(), 'a').acquire();
    const [worker] = await workers.start(1, { url: cluster.url, namespace: 'qx' });
    worker?.send({ do: 'acquire', times: 1 });
    const channel = await listening('a');
    expect(channel).to.match(/^qx:lock:\{a\}:wake:/);
    const heard: string[] = [];
    const spy = new Redis(primaryOf('a', cluster.primaries).port);
    spy.on('smessage', (_: string, message: string) => heard.push(message));
    await spy.ssubscribe(channel);
    for (const server of cluster.primaries) {
      expect(await channelsAt(server, 'CHANNELS')).to.deep.equal([]);
    }
    await held.release();
    expect(await tokenOf(worker!)).to.be.greaterThan(held.token);
    await eventually(() => /:1 \d+ lock:a$/.test(heard[0] ?? ''));
    spy.disconnect();
  });

  it('listens in the shards of keys, values and permits, and no longer than somebody waits', async () => {
    const cache = new Cache(redis());
    const run = openRun<string>(new IdempotencyStore(redis()), 'key');
    await run.started;
    const waits = new IdempotencyStore(other()).run('key', async () => 'other');
    await listening('key');
    run.finish('done');
    expect((await waits).value).to.equal('done');
    await redis().set('qx:cache:{value}:load', 'another process', 'PX', 60_000);
    const loading = new Cache(other()).getOrSet('value', async () => 'mine', { ttlSeconds: 60 });
    await listening('value');
    await cache.delete('value');
    expect(await loading).to.equal('mine');
    const semaphore = { permits: 1 };
    const permit = await new Semaphore(redis(), 'permit', semaphore).acquire();
    const next = new Semaphore(other(), 'permit', semaphore).acquire();
    await listening('permit');
    await permit.release();
    await (await next).release();
    await eventually(async () => {
      const all = cluster.primaries.map((server) => channelsAt(server, 'SHARDCHANNELS'));
      return (await Promise.all(all)).flat().length === 0;
    });
  });

  it('serves a slot that is half-way to another node', async () => {
    const [from, to] = wayOf('half');
    const [store, lock] = [new IdempotencyStore(redis()), new DistributedLock(redis(), 'half')];
    await store.run('half', async () => 'stored');
    const before = await lock.run(async ({ token }) => token);
    const finish = await startMoving(slotOf('half'), from, to);
    // MOVED and ASK: what is there is replayed, what is new runs, in one slot and in one call.
    expect((await store.run('half', async () => 'again')).replayed).to.equal(true);
    await redis().del('qx:idempotency:{half}');
    expect((await store.run('half', async () => 'new')).value).to.equal('new');
    // TRYAGAIN: Redis runs no script while it has only some of its keys.
    const later = new DistributedLock(other(), 'half').run(async ({ token }) => token);
    await eventually(async () => tryAgains(from));
    await finish();
    expect(await later).to.be.greaterThan(before);
    expect((await store.run('half', async () => 'again')).value).to.equal('new');
  });

  it('moves slots during traffic: nobody sees it, and those who wait are woken at the new node', async () => {
    traffic = startTraffic(clients);
    await traffic.more(200);
    const held = await new DistributedLock(redis(), 'moved').acquire();
    const waiting = new DistributedLock(other(), 'moved').acquire({ waitSeconds: 60 });
    await listening('moved');
    const [from, to] = wayOf('moved');
    const used = [...traffic.tokens.keys(), ...traffic.completed].filter(
      (key) => primaryOf(key, cluster.primaries) === from,
    );
    const slots = new Set(['moved', ...used.slice(0, 30)].map(slotOf));
    for (const slot of slots) await (await startMoving(slot, from, to))();
    await traffic.more(200);
    await eventually(async () =>
      (await channelsAt(to, 'SHARDCHANNELS')).some((channel) => channel.includes('{moved}')),
    );
    await held.release();
    const lease = await waiting;
    expect(lease.token).to.be.greaterThan(held.token);
    await lease.release();
    await traffic.stop();
    expectOnlyWhatIsPromised(traffic);
    const lost = await lostOf(redis(), traffic.completed);
    report(`moved ${slots.size} slots`, traffic, lost);
    expect(lost).to.deep.equal([]);
    expect([...traffic.refused]).to.deep.equal([]);
  });

  it('goes on by itself when a primary is killed', async () => {
    const [victim, heir] = [cluster.primaries[0], cluster.replicas[0]] as [
      RedisServer,
      RedisServer,
    ];
    const isThere = (key: string) => primaryOf(key, cluster.primaries) === victim;
    const name = Array.from({ length: 99 }, (_, i) => `held-${i}`).find(isThere) as string;
    const held = await new DistributedLock(redis(), name, { ttlSeconds: 60 }).acquire();
    const waiting = new DistributedLock(other(), name).acquire({ waitSeconds: 60 });
    await listening(name);
    traffic = startTraffic(clients);
    await traffic.more(500);
    const certain = [...traffic.completed];
    await replicated(victim, heir);
    await victim.kill();
    await eventually(
      async () => (await channelsAt(heir, 'SHARDCHANNELS')).some((each) => each.includes(name)),
      { withinSeconds: 20 },
    );
    await traffic.more(500);
    await held.release();
    const lease = await waiting;
    expect(lease.token).to.be.greaterThan(held.token);
    await lease.release();
    await traffic.stop();
    expectOnlyWhatIsPromised(traffic);
    const lost = await lostOf(redis(), traffic.completed);
    report('killed a primary', traffic, lost);
    // What was replicated before it died is there; what came after its heir took over, too.
    expect(lost.filter((key) => certain.includes(key) || !isThere(key))).to.deep.equal([]);
  });
});
