import { expect } from 'chai';
import type { Cluster, Redis } from 'ioredis';
import { abandonScript } from '../../src/idempotency/scripts/abandon.js';
import { claimScript } from '../../src/idempotency/scripts/claim.js';
import { completeScript } from '../../src/idempotency/scripts/complete.js';
import { renewScript } from '../../src/idempotency/scripts/renew.js';
import { setScript } from '../../src/idempotency/scripts/set.js';
import { createClient, IdempotencyStore } from '../../src/index.js';
import { type FaultProxy, startFaultProxy } from '../../src/testing/index.js';
import { claimOf, openRun } from '../support/claims.js';
import { onRealRedis } from '../support/engines.js';
import { eventually } from '../support/eventually.js';
import { rejectionOf } from '../support/rejection.js';
import { callsOf } from '../support/script-calls.js';

onRealRedis('a lost reply', (engine) => {
  let proxy: FaultProxy;
  let redis: Redis | Cluster;
  let store: IdempotencyStore;
  let other: IdempotencyStore;

  beforeEach(async () => {
    proxy = await startFaultProxy({ target: engine.url() });
    redis = await createClient({ url: proxy.url, namespace: engine.namespace() });
    store = new IdempotencyStore(redis);
    other = new IdempotencyStore(await engine.connect());
  });
  afterEach(async () => {
    redis.disconnect();
    await proxy.close();
  });

  it('of a claim: it is sent again, and its owner finds itself', async () => {
    const lost = proxy.loseReply(callsOf(claimScript));
    const outcome = await store.run('key', async ({ attempt }) => attempt);
    await lost;
    expect(outcome).to.deep.equal({ value: 1, replayed: false });
    expect(proxy.counts.lostReplies).to.equal(1);
  });

  it('of a claim gives the same token twice, and one owner', async () => {
    const lost = proxy.loseReply(callsOf(claimScript));
    const claim = await claimOf(store, 'key');
    await lost;
    expect((await other.inspect('key'))?.token).to.equal(claim.token);
    expect((await other.claim('key')).status).to.equal('in-progress');
    await claim.complete('result');
    expect(await other.get('key')).to.equal('result');
  });

  it('of a completion: it is sent again, and its owner has not lost', async () => {
    const lost = proxy.loseReply(callsOf(completeScript));
    expect((await store.run('key', async () => 'result')).value).to.equal('result');
    await lost;
    expect(await other.get('key')).to.equal('result');
  });

  it('of a completion that never arrived: it comes too late after the key was deleted', async () => {
    const claim = await claimOf(store, 'key');
    proxy.blackhole();
    const completing = rejectionOf(claim.complete('late'));
    await other.delete('key');
    proxy.heal();
    expect(await completing).to.include({ code: 'QX_IDEMPOTENCY_CLAIM_LOST' });
    expect(await other.get('key')).to.equal(undefined);
  });

  it('of a renewal: it is sent again, and the claim is not lost', async () => {
    const claim = await claimOf(store, 'key');
    const lost = proxy.loseReply(callsOf(renewScript));
    await claim.renew();
    await lost;
    expect(claim.signal.aborted).to.equal(false);
  });

  it('of a give-up frees the key once: the next owner keeps its claim', async () => {
    const claim = await claimOf(store, 'key');
    const lost = proxy.loseReply(callsOf(abandonScript));
    const giving = claim.abandon();
    await lost;
    const next = await claimOf(other, 'key');
    await giving;
    await next.renew();
    expect(next.attempt).to.equal(1);
  });

  it('of a set: sent twice by one caller it answers true both times', async () => {
    const lost = proxy.loseReply(callsOf(setScript));
    expect(await store.set('key', 'value')).to.equal(true);
    await lost;
    expect(await other.set('key', 'another')).to.equal(false);
  });
});

onRealRedis('a claim whose answer came after the time limit', (engine) => {
  it('is given back, and does not block the key', async () => {
    const proxy = await startFaultProxy({ target: engine.url() });
    const settings = { url: proxy.url, namespace: engine.namespace(), commandTimeoutSeconds: 0.2 };
    const redis = await createClient(settings);
    const store = new IdempotencyStore(redis, { leaseSeconds: 600 });
    const other = new IdempotencyStore(await engine.connect());
    proxy.delay(0.5);
    const error = await rejectionOf(store.run('key', async () => expect.fail('ran')));
    expect(error).to.include({ code: 'QX_UNAVAILABLE' });
    await eventually(async () => (await other.inspect('key')) === undefined);
    expect((await other.run('key', async () => 1)).replayed).to.equal(false);
    redis.disconnect();
    await proxy.close();
  });
});

onRealRedis('the clock of a client', (engine) => {
  it('decides nothing: one that is days ahead takes over no live owner', async () => {
    const store = new IdempotencyStore(await engine.connect());
    const claim = await claimOf(store, 'key');
    const now = Date.now;
    Date.now = () => now() + 7 * 86_400_000;
    try {
      expect((await store.claim('key')).status).to.equal('in-progress');
      await claim.complete(1);
      expect((await store.inspect('key'))?.ttlSecondsLeft).to.be.within(3590, 3600);
    } finally {
      Date.now = now;
    }
  });
});

onRealRedis('an event loop that was blocked for longer than the lease', (engine) => {
  it('completes when nobody has taken over', async () => {
    const store = new IdempotencyStore(await engine.connect(), { leaseSeconds: 0.2 });
    const outcome = await store.run('key', async () => {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 600);
      expect(await store.inspect('key')).to.not.equal(undefined);
      return 'slow';
    });
    expect(outcome).to.deep.equal({ value: 'slow', replayed: false });
    expect(await store.get('key')).to.equal('slow');
  });

  it('learns by its signal that somebody has', async () => {
    const redis = await engine.connect();
    const store = new IdempotencyStore(redis, { leaseSeconds: 0.3 });
    const run = openRun<string>(store, 'key');
    const claim = await run.started;
    await redis.hset(`${engine.namespace()}:idempotency:{key}`, 'until', '1');
    await claimOf(new IdempotencyStore(await engine.connect()), 'key');
    await eventually(() => claim.signal.aborted);
    run.finish('late');
    expect(await rejectionOf(run.outcome)).to.include({ code: 'QX_IDEMPOTENCY_CLAIM_LOST' });
  });
});
