import { expect } from 'chai';
import { RecordGateway } from '../../src/idempotency/record-gateway.js';
import { CacheUnavailableError, type Claim, IdempotencyStore } from '../../src/index.js';
import { RedisRunner } from '../../src/redis/redis-runner.js';
import { claimOf, endLease, openRun } from '../support/claims.js';
import { onEachRedis, onRealRedis } from '../support/engines.js';
import { rejectionOf } from '../support/rejection.js';

onEachRedis('a claim under which nothing ran', (engine) => {
  const never = async () => expect.fail('ran');
  const request = {
    key: 'key',
    fingerprint: '',
    version: '',
    onVersionMismatch: 'execute',
    keepSteps: false,
    leaseSeconds: 30,
    ttlSeconds: 60,
    takeover: 'after-lease',
  } as const;
  let redis: Awaited<ReturnType<typeof engine.connect>>;
  let store: IdempotencyStore;

  beforeEach(async () => {
    redis = await engine.connect();
    store = new IdempotencyStore(redis);
  });

  /** What a caller leaves whose answer came too late. */
  async function claimAndGiveBack(asked: Partial<typeof request | { version: string }> = {}) {
    const records = new RecordGateway(new RedisRunner(redis, 5), engine.namespace());
    const answer = await records.claim({ ...request, ...asked });
    if (answer.status !== 'claimed') throw new Error(answer.status);
    await records.giveBack(answer.grant);
  }

  it('leaves the result of another version that it was to replace', async () => {
    await store.run('key', async () => 1, { version: '1', fingerprint: 'a' });
    await claimAndGiveBack({ version: '2' });
    expect(await store.inspect('key')).to.include({ state: 'completed', version: '1' });
    expect((await store.run('key', never, { version: '1' })).value).to.equal(1);
    expect(await rejectionOf(store.run('key', never, { fingerprint: 'b' }))).to.include({
      code: 'QX_IDEMPOTENCY_KEY_REUSED',
    });
  });

  it('leaves an abandoned key abandoned: its payload, its steps and its attempt', async () => {
    const first = await claimOf(store, 'key', { fingerprint: 'a' });
    await first.step('charge', async () => 'paid');
    await endLease(redis, engine, 'key');
    await claimAndGiveBack();
    expect(await store.inspect('key')).to.include({ state: 'abandoned', attempt: 1 });
    expect(await rejectionOf(store.claim('key', { fingerprint: 'b' }))).to.include({
      code: 'QX_IDEMPOTENCY_KEY_REUSED',
    });
    const next = await claimOf(store, 'key', { fingerprint: 'a' });
    expect(next.attempt).to.equal(2);
    expect(await next.step('charge', never)).to.equal('paid');
  });

  it("does not free a key for takeover: 'never'", async () => {
    await claimOf(store, 'key');
    await endLease(redis, engine, 'key');
    await claimAndGiveBack();
    const error = await rejectionOf(store.run('key', never, { takeover: 'never' }));
    expect(error).to.include({ code: 'QX_IDEMPOTENCY_IN_PROGRESS', abandoned: true });
  });

  it('frees a key that was free', async () => {
    await claimAndGiveBack();
    expect((await claimOf(store, 'key')).attempt).to.equal(1);
  });

  it('leaves the old result also when the new work fails', async () => {
    await store.run('key', async () => 1, { version: '1' });
    const failing = async (claim: Claim) => {
      await claim.step('charge', async () => 'paid');
      throw new Error('declined');
    };
    const newer = { version: '2', onVersionMismatch: 'execute' } as const;
    await rejectionOf(store.run('key', failing, newer));
    expect((await store.run('key', never, { version: '1' })).value).to.equal(1);
    expect((await store.run('key', async () => 2, newer)).value).to.equal(2);
    expect(await store.inspect('key')).to.include({ version: '2', attempt: 1 });
  });

  it('is given back when its caller aborted meanwhile', async () => {
    const abort = new AbortController();
    const running = store.run('key', never, { signal: abort.signal });
    abort.abort(new Error('gone'));
    expect((await rejectionOf(running)).message).to.equal('gone');
    expect((await store.run('key', async () => 2)).value).to.equal(2);
  });
});

onRealRedis('an owner that stood still for longer than its lease', (engine) => {
  const never = async () => expect.fail('ran');
  const block = (milliseconds: number) => {
    const until = performance.now() + milliseconds;
    while (performance.now() < until);
  };

  it('begins no work when somebody has taken over', async () => {
    const [mine, other] = [await engine.connect(), await engine.connect()];
    const store = new IdempotencyStore(mine, { leaseSeconds: 0.2 });
    const running = rejectionOf(store.run('key', never));
    // The claim is on its way when this process stands still, and somebody else comes.
    await new Promise((resolve) => setImmediate(resolve));
    block(300);
    const successor = new IdempotencyStore(other);
    const winner = await Promise.race([
      successor.run('key', async () => 'theirs', { waitSeconds: 5 }),
      running,
    ]);
    const outcome = winner instanceof Error ? winner : await running;
    expect(outcome).to.include({ code: 'QX_IDEMPOTENCY_CLAIM_LOST' });
  });

  it('begins no further step', async () => {
    const redis = await engine.connect();
    const store = new IdempotencyStore(redis, { leaseSeconds: 0.2 });
    const claim = await claimOf(store, 'key');
    await claim.step('charge', async () => 'paid');
    block(300);
    // Sent before anything that the late owner may send.
    const taken = new IdempotencyStore(redis).claim('key');
    const error = await rejectionOf(claim.step('ship', never));
    expect(error).to.include({ code: 'QX_IDEMPOTENCY_CLAIM_LOST' });
    expect((await taken).status).to.equal('claimed');
  });

  it('finds a claim over that it has completed', async () => {
    const store = new IdempotencyStore(await engine.connect());
    const claim = await claimOf(store, 'key');
    await claim.complete(1);
    expect(await rejectionOf(claim.renew())).to.include({ code: 'QX_IDEMPOTENCY_CLAIM_LOST' });
    expect(await store.get('key')).to.equal(1);
  });
});

onRealRedis("onUnavailable: 'execute'", (engine) => {
  it('runs nothing for a waiter that was told to stop, whatever the reason', async () => {
    const store = new IdempotencyStore(await engine.connect());
    const owner = openRun<number>(store, 'key');
    await owner.started;
    const abort = new AbortController();
    const waiting = store.run('key', async () => expect.fail('ran'), {
      onUnavailable: 'execute',
      signal: abort.signal,
    });
    abort.abort(new CacheUnavailableError('closing'));
    expect((await rejectionOf(waiting)).message).to.equal('closing');
    owner.finish(1);
    await owner.outcome;
  });
});
