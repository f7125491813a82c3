import { expect } from 'chai';
import { type Cluster, Redis } from 'ioredis';
import type { IdempotencyEvent } from '../../src/index.js';
import { createClient, IdempotencyStore } from '../../src/index.js';
import { claimOf, openRun } from '../support/claims.js';
import { eventually } from '../support/eventually.js';
import { recordEvents } from '../support/recorded-events.js';
import { type RedisServer, startRedisServer } from '../support/redis-server.js';
import { rejectionOf } from '../support/rejection.js';

describe('IdempotencyStore while Redis is away', () => {
  let server: RedisServer;
  let redis: Redis | Cluster;
  let store: IdempotencyStore;
  const events = recordEvents<IdempotencyEvent>('qx-cache:idempotency');
  const unavailable = { code: 'QX_UNAVAILABLE', retryable: true };
  const never = async () => expect.fail('ran');

  beforeEach(async () => {
    server = await startRedisServer();
    redis = await createClient({ url: server.url, commandTimeoutSeconds: 0.3 });
    store = new IdempotencyStore(redis);
  });
  afterEach(async () => {
    redis.disconnect();
    await server.stop();
  });

  /** Does something that should fail by the time limit of 0.3 s, and gives a generous second more. */
  async function withinLimit(action: () => Promise<unknown>): Promise<Error> {
    const startedAt = performance.now();
    const error = await rejectionOf(action());
    expect(performance.now() - startedAt).to.be.below(1300);
    return error;
  }

  const outages: Record<string, () => unknown> = {
    'does not answer': () => server.pause(),
    'is killed': () => server.kill(),
  };
  for (const [title, begin] of Object.entries(outages)) {
    it(`fails within the time limit when the server ${title}, and the work does not run`, async () => {
      await begin();
      const calls = [
        () => store.run('key', never),
        () => store.claim('key'),
        () => store.get('key'),
        () => store.set('key', 1),
        () => store.inspect('key'),
        () => store.delete('key'),
      ];
      for (const call of calls) expect(await withinLimit(call)).to.include(unavailable);
    });
  }

  it("runs the work with onUnavailable: 'execute', once, under a claim with token 0", async () => {
    server.pause();
    const options = { onUnavailable: 'execute' } as const;
    const { value, replayed } = await store.run(
      'key',
      async (claim) => {
        expect(claim).to.include({ key: 'key', attempt: 1, token: 0 });
        await claim.renew();
        await claim.complete('ignored');
        await claim.abandon();
        return claim.step('charge', async (step) => step.key);
      },
      options,
    );
    expect(replayed).to.equal(false);
    expect(value).to.equal(store.stepKey('key', 'charge'));
    let runs = 0;
    const failing = async () => {
      runs += 1;
      throw new Error('declined');
    };
    expect((await rejectionOf(store.run('key', failing, options))).message).to.equal('declined');
    expect(runs).to.equal(1);
    server.resume();
  });

  it("does not run it, also with onUnavailable: 'execute', when another caller executes", async () => {
    const client = await createClient(server.url);
    const owner = openRun<number>(new IdempotencyStore(client), 'key');
    await owner.started;
    const waiting = store.run('key', never, { onUnavailable: 'execute', waitSeconds: 20 });
    const failed = rejectionOf(waiting);
    await eventually(async () => (await client.pubsub('CHANNELS', 'qx:*')).length > 0);
    redis.disconnect();
    expect(await failed).to.include(unavailable);
    owner.finish(1);
    await owner.outcome;
    client.disconnect();
  });

  it('leaves nothing claimed: once the server answers again the key is free', async () => {
    server.pause();
    await rejectionOf(store.run('key', never));
    server.resume();
    const client = await createClient(server.url);
    const other = new IdempotencyStore(client);
    expect((await other.run('key', async () => 1, { waitSeconds: 3 })).replayed).to.equal(false);
    client.disconnect();
  });

  it('fails a stock client that never connected, too', async () => {
    const stock = new Redis({ port: server.port, lazyConnect: true });
    stock.on('error', () => {});
    await server.kill();
    const limited = new IdempotencyStore(stock);
    const startedAt = performance.now();
    expect(await rejectionOf(limited.run('key', never))).to.include(unavailable);
    expect(performance.now() - startedAt).to.be.within(0, 6500);
    stock.disconnect();
  }).timeout('15s');

  it('keeps trying to store a result, and stores it once the server is back', async () => {
    const run = openRun<string>(store, 'key');
    await run.started;
    server.pause();
    run.finish('done');
    await new Promise((resolve) => setTimeout(resolve, 700));
    server.resume();
    expect(await run.outcome).to.deep.equal({ value: 'done', replayed: false });
    expect(await store.get('key')).to.equal('done');
    expect(events.filter(({ event }) => event === 'unrecorded')).to.deep.equal([]);
  });

  it('keeps trying while the server refuses writes', async () => {
    const admin = new Redis(server.port);
    const run = openRun<string>(store, 'key');
    await run.started;
    await admin.config('SET', 'min-replicas-to-write', '1');
    run.finish('done');
    await eventually(async () => /NOREPLICAS:count=[2-9]/.test(await admin.info('errorstats')));
    await admin.config('SET', 'min-replicas-to-write', '0');
    expect((await run.outcome).value).to.equal('done');
    expect(await store.get('key')).to.equal('done');
    admin.disconnect();
  });

  it('returns the value when the lease ends before, and reports unrecorded', async () => {
    const run = openRun<string>(store, 'key', { leaseSeconds: 1 });
    await run.started;
    await server.kill();
    const startedAt = performance.now();
    run.finish('SECRET-done');
    expect(await run.outcome).to.deep.equal({ value: 'SECRET-done', replayed: false });
    expect(performance.now() - startedAt).to.be.below(2800);
    const unrecorded = events.filter(({ event }) => event === 'unrecorded');
    expect(unrecorded).to.have.length(1);
    expect(unrecorded[0]).to.include({ key: 'key' });
    expect(JSON.stringify(events)).not.to.contain('SECRET');
  });

  it('lets those who wait get the result when it comes back', async () => {
    const run = openRun<string>(store, 'key');
    await run.started;
    const other = await createClient({ url: server.url, commandTimeoutSeconds: 0.3 });
    const waiting = new IdempotencyStore(other).run('key', never);
    await eventually(async () => ((await redis.call('PUBSUB', 'CHANNELS')) as unknown[]).length);
    server.pause();
    run.finish('done');
    await new Promise((resolve) => setTimeout(resolve, 500));
    server.resume();
    expect(await waiting).to.deep.equal({ value: 'done', replayed: true });
    other.disconnect();
  });

  it('ends the waiting when its client is closed, also when that was reconnecting', async () => {
    await claimOf(store, 'key');
    const other = await createClient(server.url);
    const forever = { waitSeconds: Number.POSITIVE_INFINITY };
    const waiting = rejectionOf(new IdempotencyStore(other).run('key', never, forever));
    await eventually(async () => ((await redis.call('PUBSUB', 'CHANNELS')) as unknown[]).length);
    await server.kill();
    await eventually(() => other.status === 'reconnecting');
    other.disconnect();
    expect(await waiting).to.include(unavailable);
  });

  it('goes on after SCRIPT FLUSH between any two calls', async () => {
    const flush = () => redis.call('SCRIPT', 'FLUSH');
    const outcome = await store.run('key', async (claim) => {
      await flush();
      await claim.renew();
      await flush();
      return 1;
    });
    expect(outcome.value).to.equal(1);
    const calls = [
      () => store.get('key'),
      () => store.set('key', 2),
      () => store.claim('key'),
      () => store.inspect('key'),
      () => store.delete('key'),
    ];
    for (const call of [...calls, ...calls]) {
      await flush();
      await call();
    }
    expect((await store.run('key', async () => 3)).replayed).to.equal(false);
  });

  it('goes on after a restart of the server between a claim and its completion', async () => {
    await store.run('earlier', async () => 1);
    const run = openRun<string>(store, 'key');
    await run.started;
    await server.restart();
    run.finish('done');
    expect((await run.outcome).value).to.equal('done');
    expect(await store.get('key')).to.equal('done');
  });

  it('completes after FLUSHALL, when nobody has claimed since', async () => {
    const claim = await claimOf(store, 'key', { fingerprint: 1 });
    await redis.call('FLUSHALL');
    await claim.complete('done');
    const reused = await rejectionOf(store.claim('key', { fingerprint: 2 }));
    expect(reused).to.include({ code: 'QX_IDEMPOTENCY_KEY_REUSED' });
    expect(await store.get('key')).to.equal('done');
  });

  it('protects the key again at the next renewal after FLUSHALL', async () => {
    const claim = await claimOf(store, 'key');
    await redis.call('FLUSHALL');
    await claim.renew();
    expect((await store.claim('key')).status).to.equal('in-progress');
    expect(await store.inspect('key')).to.include({ token: claim.token, attempt: 1 });
  });

  it('lets the owner lose that was forgotten by FLUSHALL and replaced', async () => {
    const claim = await claimOf(store, 'key');
    await redis.call('FLUSHALL');
    const next = await claimOf(store, 'key');
    expect(next.token).to.be.greaterThan(claim.token);
    expect(await rejectionOf(claim.complete(1))).to.include({ code: 'QX_IDEMPOTENCY_CLAIM_LOST' });
    await next.complete(2);
    expect(await store.get('key')).to.equal(2);
  });
});
