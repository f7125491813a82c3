import { expect } from 'chai';
import { Redis } from 'ioredis';
import { type Claim, createClient, IdempotencyStore } from '../../src/index.js';
import { claimOf, openRun } from '../support/claims.js';
import { eventually } from '../support/eventually.js';
import { startSentinel } from '../support/redis-sentinels.js';
import { type RedisServer, startRedisServer } from '../support/redis-server.js';
import type { Topology } from '../support/redis-topologies.js';
import { rejectionOf } from '../support/rejection.js';

const never = async () => expect.fail('ran');
const lost = { code: 'QX_IDEMPOTENCY_CLAIM_LOST' };

describe('IdempotencyStore on a server that keeps its data, after a crash of it', () => {
  let server: RedisServer;
  let redis: Awaited<ReturnType<typeof createClient>>;
  let store: IdempotencyStore;

  beforeEach(async () => {
    server = await startRedisServer({ config: { appendonly: 'yes', appendfsync: 'always' } });
    redis = await createClient(server.url);
    store = new IdempotencyStore(redis);
  });
  afterEach(async () => {
    redis.disconnect();
    await server.stop();
  });

  it('replays what was stored before', async () => {
    await store.run('key', async () => 'result', { fingerprint: 1 });
    await server.restart();
    expect((await store.run('key', never, { fingerprint: 1 })).value).to.equal('result');
    const reused = await rejectionOf(store.run('key', never, { fingerprint: 2 }));
    expect(reused).to.include({ code: 'QX_IDEMPOTENCY_KEY_REUSED' });
  });

  it('knows who is in progress, who then completes', async () => {
    const claim = await claimOf(store, 'key', { leaseSeconds: 60 });
    await server.restart();
    expect((await store.claim('key')).status).to.equal('in-progress');
    await claim.complete('done');
    expect(await store.get('key')).to.equal('done');
  });

  it('lets callers who waited across the crash get the result', async () => {
    const run = openRun<string>(store, 'key', { leaseSeconds: 60 });
    await run.started;
    const other = await createClient(server.url);
    const waiting = new IdempotencyStore(other).run('key', never);
    await eventually(async () => ((await redis.call('PUBSUB', 'CHANNELS')) as unknown[]).length);
    await server.restart();
    run.finish('done');
    expect(await waiting).to.deep.equal({ value: 'done', replayed: true });
    expect((await run.outcome).value).to.equal('done');
    other.disconnect();
  });
});

describe('IdempotencyStore over a failover between two calls', function () {
  this.timeout('90s');
  let servers: [RedisServer, RedisServer];
  let sentinel: Topology;
  /** Straight to each of the servers. */
  let direct: [Redis, Redis];
  let redis: Awaited<ReturnType<typeof createClient>>;
  let store: IdempotencyStore;
  let onNewPrimary: IdempotencyStore;
  let owner: ReturnType<typeof openRun<string>>;
  let unlucky: Claim;

  before(async () => {
    const primary = await startRedisServer({ config: { 'repl-diskless-sync-delay': 0 } });
    const replica = await startRedisServer({ config: { replicaof: `127.0.0.1 ${primary.port}` } });
    servers = [primary, replica];
    direct = [new Redis(primary.port), new Redis(replica.port)];
    for (const client of direct) client.on('error', () => {});
    sentinel = await startSentinel(primary);
    redis = await createClient(sentinel.url);
    store = new IdempotencyStore(redis);
    onNewPrimary = new IdempotencyStore(direct[1]);

    await store.run('earlier', async () => 1);
    owner = openRun<string>(store, 'key', { leaseSeconds: 60 });
    await owner.started;
    unlucky = await claimOf(store, 'not replicated', { leaseSeconds: 60 });
    const isReplicated = async () => (await redis.call('WAIT', 1, 100)) === 1;
    await eventually(isReplicated, { withinSeconds: 20 });
    await failOver();
    // As if the replica had not got it in time.
    await direct[1].del('qx:idempotency:{not replicated}');
  });
  after(async () => {
    for (const client of [redis, ...direct]) client.disconnect();
    await sentinel.stop();
    await Promise.all(servers.map((server) => server.stop()));
  });

  /** The two change their places, as an operator would order it. */
  async function failOver(): Promise<void> {
    const { port } = new URL(sentinel.url.replace('redis+sentinel', 'redis'));
    const control = new Redis(Number(port));
    const order = () => control.call('SENTINEL', 'FAILOVER', 'main');
    const isRole = async (client: Redis, role: string) =>
      ((await client.call('ROLE')) as unknown[])[0] === role;
    // It takes a while until the sentinel has found the replica.
    await eventually(async () => (await order()) === 'OK', { withinSeconds: 30 });
    await eventually(() => isRole(direct[1], 'master'), { withinSeconds: 30 });
    // Until then the old primary takes writes, which get lost.
    await eventually(() => isRole(direct[0], 'slave'), { withinSeconds: 30 });
    control.disconnect();
  }

  it('replays what was stored before', async () => {
    expect((await store.run('earlier', never)).replayed).to.equal(true);
  });

  it('completes on the new primary what was claimed on the old one', async () => {
    const { token } = await owner.started;
    owner.finish('done');
    expect(await owner.outcome).to.deep.equal({ value: 'done', replayed: false });
    expect(await onNewPrimary.inspect('key')).to.include({ state: 'completed', token });
  });

  it('lets an owner lose whose claim was not replicated, when another one ran meanwhile', async () => {
    const next = await claimOf(onNewPrimary, 'not replicated');
    expect(next.token).to.be.greaterThan(unlucky.token);
    expect(await rejectionOf(unlucky.complete('late'))).to.include(lost);
    await next.complete('new');
    expect(await store.get('not replicated')).to.equal('new');
  });
});
