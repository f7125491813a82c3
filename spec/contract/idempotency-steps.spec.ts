import { expect } from 'chai';
import type { IdempotencyEvent } from '../../src/diagnostics/index.js';
import { type Claim, encrypted, IdempotencyStore, Result } from '../../src/index.js';
import { claimOf, endLease } from '../support/claims.js';
import { onEachRedis } from '../support/engines.js';
import { gate } from '../support/gate.js';
import { rawRecord, recordKey } from '../support/raw-record.js';
import { recordEvents } from '../support/recorded-events.js';
import { rejectionOf } from '../support/rejection.js';

onEachRedis('the steps of a claim', (engine) => {
  const events = recordEvents<IdempotencyEvent>('qx-cache:idempotency');
  let redis: Awaited<ReturnType<typeof engine.connect>>;
  let store: IdempotencyStore;

  beforeEach(async () => {
    redis = await engine.connect();
    store = new IdempotencyStore(redis);
  });

  const never = async () => expect.fail('ran');
  /** What becomes of a claim whose owner died. */
  const takeOver = async (): Promise<Claim> => {
    await endLease(redis, engine, 'key');
    return claimOf(store, 'key');
  };

  it('that were finished return what they returned, after a take-over', async () => {
    const first = await claimOf(store, 'key');
    const paid = { id: 'p-1', at: new Date(0), amount: 5n };
    expect(await first.step('charge', async () => paid)).to.equal(paid);
    await first.step('größe', async () => undefined);
    const second = await takeOver();
    expect(second.attempt).to.equal(2);
    expect(await second.step('charge', never)).to.deep.equal(paid);
    expect(await second.step('größe', never)).to.equal(undefined);
    expect(await second.step('ship', async () => 'shipped')).to.equal('shipped');
    const third = await takeOver();
    expect(await third.step('ship', never)).to.equal('shipped');
    expect(await third.step('charge', never)).to.deep.equal(paid);
  });

  it('that threw or were not finished run again', async () => {
    const first = await claimOf(store, 'key');
    const error = await rejectionOf(
      first.step('charge', async () => {
        throw new Error('declined');
      }),
    );
    expect(error.message).to.equal('declined');
    const second = await takeOver();
    expect(await second.step('charge', async () => 2)).to.equal(2);
  });

  it('understand results: a success is remembered, a failure only returned', async () => {
    const first = await claimOf(store, 'key');
    await first.step('good', async () => Result.success(1));
    const failed = Result.failure(new Error('declined'));
    expect(await first.step('bad', async () => failed)).to.equal(failed);
    const second = await takeOver();
    const good = await second.step('good', never as () => Promise<Result<number>>);
    expect(good.isSuccess && good.value).to.equal(1);
    expect(await second.step('bad', async () => 'again')).to.equal('again');
  });

  it('have each a key that is the same at every attempt, and no other', async () => {
    const keys = async (claim: Claim) => [
      await claim.step('a', async () => 1).then(() => store.stepKey('key', 'a')),
      await claim.step('b', async (step) => step.key).catch(() => ''),
    ];
    const claim = await claimOf(store, 'key');
    const seen: string[] = [];
    await rejectionOf(
      claim.step('charge', async (step) => {
        seen.push(step.key, step.name);
        throw new Error('no answer');
      }),
    );
    const second = await takeOver();
    await second.step('charge', async (step) => seen.push(step.key, step.name));
    expect(seen).to.deep.equal([seen[0], 'charge', seen[0], 'charge']);
    expect(seen[0]).to.match(/^[\w-]{43}$/);
    expect(seen[0]).to.equal(store.stepKey('key', 'charge'));
    const [a, b] = await keys(await takeOver());
    expect(new Set([seen[0], a, b, store.stepKey('other', 'charge')]).size).to.equal(4);
    expect(store.stepKey('a:1', 'b')).not.to.equal(store.stepKey('a', '1:b'));
  });

  it('must have different names in one run', async () => {
    const claim = await claimOf(store, 'key');
    await claim.step('a', async () => 1);
    const error = await rejectionOf(claim.step('a', never));
    expect(error).to.include({ code: 'QX_SETTINGS' });
    expect(error.message).to.match(/two steps named "a"/);
    for (const name of ['', 7, 'x'.repeat(257)]) {
      expect(await rejectionOf(claim.step(name as string, never))).to.include({
        code: 'QX_SETTINGS',
      });
    }
  });

  it('may run at the same time', async () => {
    const claim = await claimOf(store, 'key');
    const names = Array.from({ length: 20 }, (_, i) => `step ${i}`);
    await Promise.all(names.map((name) => claim.step(name, async () => name)));
    const second = await takeOver();
    for (const name of names) expect(await second.step(name, never)).to.equal(name);
  });

  it('are fenced: a late owner remembers nothing, and learns that it lost', async () => {
    const late = await claimOf(store, 'key');
    const owner = await takeOver();
    const error = await rejectionOf(late.step('charge', async () => 'late'));
    expect(error).to.include({ code: 'QX_IDEMPOTENCY_CLAIM_LOST' });
    expect(late.signal.aborted).to.equal(true);
    expect(await owner.step('charge', async () => 'mine')).to.equal('mine');
    expect(await rejectionOf(late.step('ship', never))).to.include({
      code: 'QX_IDEMPOTENCY_CLAIM_LOST',
    });
  });

  it('are remembered also when the lease ended and nobody took over', async () => {
    const claim = await claimOf(store, 'key');
    await endLease(redis, engine, 'key');
    await claim.step('charge', async () => 1);
    const second = await claimOf(store, 'key');
    expect(await second.step('charge', never)).to.equal(1);
  });

  it('are remembered though the record was lost meanwhile', async () => {
    const claim = await claimOf(store, 'key', { fingerprint: 'a' });
    await redis.flushall();
    await claim.step('charge', async () => 1);
    const second = await takeOver();
    expect(await second.step('charge', never)).to.equal(1);
  });

  it('are told by inspect, and leave nothing when it is completed', async () => {
    const claim = await claimOf(store, 'key');
    await claim.step('charge', async () => 'SECRET');
    const record = await store.inspect('key');
    expect(record?.steps).to.deep.equal(['charge']);
    expect(JSON.stringify(record)).not.to.include('SECRET');
    await claim.complete('done');
    expect(await store.inspect('key')).not.to.have.property('steps');
    expect(Object.keys(await rawRecord(redis, engine, 'key')).join()).not.to.include('step');
  });

  it('are forgotten when the work fails, and kept with keepSteps', async () => {
    const failing = async (claim: Claim) => {
      await claim.step('charge', async () => 'paid');
      throw new Error('out of stock');
    };
    await rejectionOf(store.run('key', failing));
    const rerun = (claim: Claim) => claim.step('charge', async () => 'paid again');
    expect((await store.run('key', rerun)).value).to.equal('paid again');

    const options = { keepSteps: true, fingerprint: 'a', version: '1' };
    await rejectionOf(store.run('kept', failing, options));
    expect(await store.inspect('kept')).to.equal(undefined);
    expect(await redis.pttl(recordKey(engine, 'kept'))).to.be.greaterThan(0);
    const second = await store.run('kept', (claim) => claim.step('charge', never), options);
    expect(second).to.deep.equal({ value: 'paid', replayed: false });
  });

  for (const [other, options] of [
    ['payload', { fingerprint: 'b', version: '1' }],
    ['version', { fingerprint: 'a', version: '2' }],
  ] as const) {
    it(`that were kept are not for another ${other}`, async () => {
      const claim = await claimOf(store, 'key', {
        keepSteps: true,
        fingerprint: 'a',
        version: '1',
      });
      await claim.step('charge', async () => 'paid');
      await claim.abandon();
      const next = await claimOf(store, 'key', options);
      expect(next.attempt).to.equal(1);
      expect(await next.step('charge', async () => 'anew')).to.equal('anew');
    });
  }

  it('that were kept are gone after a delete, and after a set', async () => {
    for (const remove of [() => store.delete('key'), () => store.set('key', 'set')]) {
      const claim = await claimOf(store, 'key', { keepSteps: true });
      await claim.step('charge', async () => 'paid');
      await claim.abandon();
      expect(await remove()).to.equal(true);
      expect(Object.keys(await rawRecord(redis, engine, 'key')).join()).not.to.include('step');
    }
    expect(await store.get('key')).to.equal('set');
  });

  it('that return after the claim was completed are fine, and others do not begin then', async () => {
    const claim = await claimOf(store, 'key');
    const finished = gate<string>();
    const step = claim.step('charge', () => finished.opened);
    await claim.complete('done');
    finished.open('paid');
    expect(await step).to.equal('paid');
    expect(await store.inspect('key')).not.to.have.property('steps');
    const error = await rejectionOf(claim.step('ship', never));
    expect(error).to.include({ code: 'QX_SETTINGS' });
    expect(error.message).to.match(/"ship".*Await all steps before/);
  });

  it('that another codec wrote are not readable, and do not run', async () => {
    await (await claimOf(store, 'key')).step('charge', async () => 'paid');
    await endLease(redis, engine, 'key');
    const otherStore = new IdempotencyStore(redis, { codec: encrypted(new Uint8Array(32)) });
    const second = await claimOf(otherStore, 'key');
    const error = await rejectionOf(second.step('charge', never));
    expect(error).to.include({ code: 'QX_SERIALIZATION' });
    expect(error.message).to.include('step "charge" of idempotency key "key"');
  });

  it('whose value can not be stored return it, and tell that it is not remembered', async () => {
    const small = new IdempotencyStore(redis, { maxResultBytes: 100 });
    const claim = await claimOf(small, 'key');
    const large = 'x'.repeat(200);
    const odd = () => 7;
    expect(await claim.step('large', async () => large)).to.equal(large);
    expect(await claim.step('odd', async () => odd)).to.equal(odd);
    const told = events.filter(({ event }) => event === 'unrecorded');
    expect(told.map((event) => 'reason' in event && event.reason.slice(0, 11))).to.deep.equal([
      'step "large',
      'step "odd":',
    ]);
    const second = await takeOver();
    expect(await second.step('large', async () => 'again')).to.equal('again');
  });

  it('do not run under a claim that is known to be lost', async () => {
    const claim = await claimOf(store, 'key');
    await takeOver();
    await rejectionOf(claim.renew());
    const error = await rejectionOf(claim.step('charge', never));
    expect(error).to.include({ code: 'QX_IDEMPOTENCY_CLAIM_LOST' });
  });
});
