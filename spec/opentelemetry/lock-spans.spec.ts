import { SpanStatusCode } from '@opentelemetry/api';
import { expect } from 'chai';
import { acquireAll, Cache, DistributedLock, Semaphore } from '../../src/index.js';
import { defineCommand, startApplication } from '../mediator/application.js';
import { onEachRedis } from '../support/engines.js';
import { rejectionOf } from '../support/rejection.js';
import { recordTelemetry } from './recorded-telemetry.js';

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
    await (await acquireAll(redis, ['b', 'a'])).release();
    const held = telemetry.spans.filter(({ name }) => name === 'lock hold');
    expect(
      held.map(({ attributes }) => [
        attributes['qx_cache.lock.kind'],
        attributes['qx_cache.lock.name'],
      ]),
    ).to.have.deep.members([
      ['semaphore', 's'],
      ['lock', 'a'],
      ['lock', 'b'],
    ]);
  });

  it('nest in those of a command: its handler under hold, under execute', async () => {
    const telemetry = start();
    type Fields = { idempotencyKey: string; lockKey: string };
    const Pay = defineCommand<Fields, number>('Pay', () =>
      telemetry.inSpan('handler', async () => 1),
    );
    const { mediator } = await startApplication(engine);
    await mediator.send(new Pay({ idempotencyKey: '1', lockKey: 'account' }));
    const around = ['lock hold', 'idempotency execute', 'idempotency run'];
    expect(telemetry.pathOf(telemetry.span('handler'))).to.deep.equal(['handler', ...around]);
    const [first] = telemetry.spans.filter(({ name }) => name === 'idempotency execute');
    await mediator.send(new Pay({ idempotencyKey: '1', lockKey: 'account' }));
    expect(telemetry.spans.at(-1)?.links.map((link) => link.context.spanId)).to.deep.equal([
      first?.spanContext().spanId,
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
