import { SpanStatusCode } from '@opentelemetry/api';
import { expect } from 'chai';
import { acquireAll, Cache, DistributedLock, ReadWriteLock, Semaphore } from '../../src/index.js';
import { defineCommand, startApplication } from '../mediator/application.js';
import { onEachRedis } from '../support/engines.js';
import { eventually } from '../support/eventually.js';
import { rejectionOf } from '../support/rejection.js';
import { type RecordedTelemetry, recordTelemetry } from './recorded-telemetry.js';

onEachRedis('Spans of a lock', (engine) => {
  const start = recordTelemetry();

  it('are acquire and hold, and those of the work nest under hold', async () => {
    const telemetry = start();
    const lock = new DistributedLock(await engine.connect(), 'a');
    await telemetry.inSpan('request', () =>
      lock.run(() => telemetry.inSpan('work', async () => 1)),
    );
    const paths = telemetry.spans.map((span) => telemetry.pathOf(span).join(' < '));
    expect(paths).to.deep.equal([
      'lock acquire < request',
      'work < lock hold < request',
      'lock hold < request',
      'request',
    ]);
    expect(telemetry.span('lock hold').attributes).to.include({
      'qx_cache.outcome': 'released',
      'qx_cache.lock.kind': 'lock',
    });
  });

  it('hold from the lease to its release, whoever releases it', async () => {
    const telemetry = start();
    const lease = await new DistributedLock(await engine.connect(), 'a').acquire();
    expect(telemetry.names).to.deep.equal(['lock acquire']);
    await lease.release();
    expect(telemetry.span('lock hold').attributes['qx_cache.token']).to.equal(lease.token);
  });

  it('tell a loss', async () => {
    const telemetry = start();
    const lock = new DistributedLock(await engine.connect(), 'a');
    const lease = await lock.acquire();
    await lock.forceRelease();
    await rejectionOf(lease.release());
    const span = telemetry.span('lock hold');
    expect(span.status.code).to.equal(SpanStatusCode.ERROR);
    expect(span.attributes).to.include({
      'qx_cache.outcome': 'lost',
      'error.type': 'LockNotHeldError',
    });
  });

  it('tell who did not get it in time, or did not wait', async () => {
    const telemetry = start();
    const lock = new DistributedLock(await engine.connect(), 'a');
    const lease = await lock.acquire();
    await rejectionOf(lock.acquire({ waitSeconds: 0.01 }));
    await lock.tryAcquire();
    await lease.release();
    const [, late, tried] = telemetry.spans;
    expect(late?.attributes).to.include({ 'error.type': 'LockTimeoutError' });
    expect(late?.status.code).to.equal(SpanStatusCode.ERROR);
    expect(tried?.attributes).to.include({ 'qx_cache.outcome': 'not-free' });
    expect(tried?.status.code).to.equal(SpanStatusCode.UNSET);
  });

  it('tell what it is, and of several locks each', async () => {
    const telemetry = start({ keys: 'plain' });
    const redis = await engine.connect();
    await new Semaphore(redis, 's', { permits: 2 }).run(async () => 1);
    const both = new ReadWriteLock(redis, 'rw');
    await both.runRead(async () => 1);
    await both.runWrite(async () => 1);
    await (await acquireAll(redis, ['b', 'a'])).release();
    for (const operation of ['lock acquire', 'lock hold']) {
      const spans = telemetry.spans.filter(({ name }) => name === operation);
      expect(
        spans.map(({ attributes }) => [
          attributes['qx_cache.lock.kind'],
          attributes['qx_cache.lock.name'],
        ]),
      ).to.have.deep.members([
        ['semaphore', 's'],
        ['read', 'rw'],
        ['write', 'rw'],
        ['lock', 'a'],
        ['lock', 'b'],
      ]);
    }
  });
});

onEachRedis('Spans of a command that is idempotent and locked', (engine) => {
  const start = recordTelemetry();
  type Fields = { idempotencyKey: string; lockKey: string };

  /** Sends it; its handler makes a span of its own. */
  async function application(telemetry: RecordedTelemetry) {
    const Pay = defineCommand<Fields, number>('Pay', () =>
      telemetry.inSpan('handler', async () => 1),
    );
    const { mediator } = await startApplication(engine);
    return () => mediator.send(new Pay({ idempotencyKey: '1', lockKey: 'account' }));
  }

  it('are one each, with the lock acquired within the claim and held within the execution', async () => {
    const telemetry = start();
    const pay = await application(telemetry);
    await pay();
    expect(telemetry.spans.map((span) => telemetry.pathOf(span).join(' < '))).to.deep.equal([
      'lock acquire < idempotency claim < idempotency run',
      'idempotency claim < idempotency run',
      'handler < lock hold < idempotency execute < idempotency run',
      'idempotency execute < idempotency run',
      'lock hold < idempotency execute < idempotency run',
      'idempotency complete < idempotency run',
      'idempotency run',
    ]);
    const claim = telemetry.span('idempotency claim');
    const acquire = telemetry.span('lock acquire');
    expect(claim.attributes).to.include({ 'qx_cache.outcome': 'claimed' });
    expect(acquire.attributes).to.include({
      'qx_cache.outcome': 'acquired',
      'qx_cache.lock.kind': 'lock',
    });
    const [measured, ...others] = await telemetry.pointsOf('qx_cache.lock.acquire.duration');
    expect([measured?.count, others]).to.deep.equal([1, []]);
  });

  it('have no acquire in a replay, which links to the execution', async () => {
    const telemetry = start();
    const pay = await application(telemetry);
    await pay();
    const { spanId } = telemetry.span('idempotency execute').spanContext();
    const before = telemetry.names.length;
    await pay();
    const replay = telemetry.spans.slice(before);
    expect(replay.map(({ name }) => name)).to.deep.equal(['idempotency claim', 'idempotency run']);
    for (const { links } of replay) {
      expect(links.map((link) => link.context.spanId)).to.deep.equal([spanId]);
    }
  });

  it('have the acquire within the execution, when the lock was not free with the claim', async () => {
    const telemetry = start();
    const pay = await application(telemetry);
    const other = new DistributedLock(await engine.connect(), 'account');
    const lease = await other.acquire();
    const paid = pay();
    await eventually(async () => (await other.inspect()).waiters === 1);
    await lease.release();
    await paid;
    const acquires = telemetry.spans.filter(({ name }) => name === 'lock acquire');
    expect(acquires.map((span) => telemetry.pathOf(span).join(' < '))).to.deep.equal([
      'lock acquire',
      'lock acquire < idempotency execute < idempotency run',
    ]);
  });
});

onEachRedis('Spans of a cache', (engine) => {
  const start = recordTelemetry();

  it('are its loads, and what a load calls nests under it', async () => {
    const telemetry = start();
    const cache = new Cache(await engine.connect());
    const load = () => telemetry.inSpan('query', async () => 1);
    await cache.getOrSet('a', load, { ttlSeconds: 60 });
    await cache.getOrSet('a', load, { ttlSeconds: 60 });
    expect(telemetry.names).to.deep.equal(['query', 'cache load']);
    expect(telemetry.pathOf(telemetry.span('query'))).to.deep.equal(['query', 'cache load']);
  });
});
