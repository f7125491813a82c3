import { SpanStatusCode } from '@opentelemetry/api';
import { AlwaysOffSampler } from '@opentelemetry/sdk-trace-base';
import { expect } from 'chai';
import { IdempotencyStore } from '../../src/index.js';
import { claimOf, openRun } from '../support/claims.js';
import { onEachRedis } from '../support/engines.js';
import { eventually } from '../support/eventually.js';
import { recordKey } from '../support/raw-record.js';
import { rejectionOf } from '../support/rejection.js';
import { recordTelemetry } from './recorded-telemetry.js';

onEachRedis('Spans of an idempotency store', (engine) => {
  const start = recordTelemetry();
  const open = async () => new IdempotencyStore(await engine.connect());

  it('nest under the active span, and those of the work under execute', async () => {
    const telemetry = start();
    const store = await open();
    await telemetry.inSpan('request', () =>
      store.run('key', () => telemetry.inSpan('handler', async () => 1)),
    );
    expect(telemetry.names).to.deep.equal([
      'idempotency claim',
      'handler',
      'idempotency execute',
      'idempotency complete',
      'idempotency run',
      'request',
    ]);
    const paths = telemetry.spans.map((span) => telemetry.pathOf(span).slice(1).join(' < '));
    expect(paths).to.deep.equal([
      'idempotency run < request',
      'idempotency execute < idempotency run < request',
      'idempotency run < request',
      'idempotency run < request',
      'request',
      '',
    ]);
  });

  it('are one trace each run, where no span is active', async () => {
    const telemetry = start();
    await (await open()).run('key', async () => 1);
    const traces = new Set(telemetry.spans.map((span) => span.spanContext().traceId));
    expect(traces.size).to.equal(1);
  });

  it('tell how each operation ended', async () => {
    const telemetry = start();
    const store = await open();
    await store.run('key', async () => 1);
    const { attributes } = telemetry.span('idempotency execute');
    expect(attributes).to.include({ 'qx_cache.attempt': 1, 'qx_cache.outcome': 'ok' });
    expect(attributes['qx_cache.token']).to.be.above(0);
    const outcomes = telemetry.spans.map((span) => span.attributes['qx_cache.outcome']);
    expect(outcomes).to.deep.equal(['claimed', 'ok', 'completed', 'executed']);
  });

  it('link a replay to the first execution', async () => {
    const telemetry = start();
    await (await open()).run('key', async () => 1);
    const first = telemetry.span('idempotency execute').spanContext();
    await (await open()).run('key', async () => 2);
    const run = telemetry.spans.at(-1);
    expect(run?.attributes).to.include({ 'qx_cache.outcome': 'replayed' });
    for (const span of telemetry.spans.slice(-2)) {
      expect(span.links.map((link) => link.context.spanId)).to.deep.equal([first.spanId]);
      expect(span.links[0]?.context.traceId).to.equal(first.traceId);
      expect(span.spanContext().traceId).not.to.equal(first.traceId);
    }
  });

  it('link one who waited, and tell the wait', async () => {
    const telemetry = start();
    const store = await open();
    const run = openRun<number>(store, 'key');
    await run.started;
    const waiting = store.run('key', async () => 2);
    await eventually(() => telemetry.names.filter((name) => name.endsWith('claim')).length >= 2);
    run.finish(1);
    await Promise.all([run.outcome, waiting]);
    const { spanId } = telemetry.span('idempotency execute').spanContext();
    const wait = telemetry.span('idempotency wait');
    expect(wait.attributes).to.include({ 'qx_cache.outcome': 'completed' });
    const replay = telemetry.spans.find(
      ({ name, attributes }) =>
        name === 'idempotency run' && attributes['qx_cache.outcome'] === 'replayed',
    );
    expect(replay?.links.map((link) => link.context.spanId)).to.deep.equal([spanId]);
  });

  it('link a replay that the process remembers', async () => {
    const telemetry = start();
    const redis = await engine.connect();
    const options = { replayCache: { maxEntries: 10, maxAgeSeconds: 60 } };
    const store = new IdempotencyStore(redis, options);
    await eventually(async () => {
      await store.run('key', async () => 1);
      await redis.del(recordKey(engine, 'key'));
      return (await store.run('key', async () => 1)).replayed;
    });
    const execute = telemetry.spans.filter(({ name }) => name === 'idempotency execute').at(-1);
    const links = telemetry.spans.at(-1)?.links.map((link) => link.context.spanId);
    expect(links).to.deep.equal([execute?.spanContext().spanId]);
  });

  it('link to the completion, where a claim is completed by hand', async () => {
    const telemetry = start();
    const store = await open();
    await (await claimOf(store, 'key')).complete(1);
    await store.claim('key');
    const { spanId } = telemetry.span('idempotency complete').spanContext();
    expect(telemetry.spans.at(-1)?.links.map((link) => link.context.spanId)).to.deep.equal([
      spanId,
    ]);
  });

  it('link to the execution of a result that replaced another one', async () => {
    const telemetry = start();
    const store = await open();
    await store.run('key', async () => 1, { version: '1' });
    telemetry.stop();
    await store.run('key', async () => 2, { version: '2', onVersionMismatch: 'execute' });
    const later = start();
    const { value } = await store.run('key', async () => 3);
    expect(value).to.equal(2);
    expect(later.spans.at(-1)?.links).to.deep.equal([]);
  });

  it('link to nothing, where somebody set the result', async () => {
    const telemetry = start();
    const store = await open();
    await store.run('key', async () => 1, { version: '1' });
    await claimOf(store, 'key', { version: '2', onVersionMismatch: 'execute' });
    await store.set('key', 2);
    expect(await store.run('key', async () => 3)).to.include({ replayed: true });
    expect(telemetry.spans.at(-1)?.links).to.deep.equal([]);
  });

  it('keep the link of a result whose replacement failed', async () => {
    const telemetry = start();
    const store = await open();
    await store.run('key', async () => 1, { version: '1' });
    const { spanId } = telemetry.span('idempotency execute').spanContext();
    const next = { version: '2', onVersionMismatch: 'execute' } as const;
    await rejectionOf(store.run('key', () => Promise.reject(new Error()), next));
    await store.run('key', async () => 3);
    expect(telemetry.spans.at(-1)?.links.map((link) => link.context.spanId)).to.deep.equal([
      spanId,
    ]);
  });

  it('tell a failure by its status and the name of the error, not by its message', async () => {
    const telemetry = start();
    const fail = () => Promise.reject(new RangeError('SECRET'));
    await rejectionOf((await open()).run('key', fail));
    for (const name of ['idempotency execute', 'idempotency run']) {
      const span = telemetry.span(name);
      expect(span.status).to.deep.equal({ code: SpanStatusCode.ERROR });
      expect(span.attributes).to.include({
        'error.type': 'RangeError',
        'qx_cache.outcome': 'failed',
      });
      expect(span.events).to.deep.equal([]);
    }
    expect(telemetry.span('idempotency claim').status.code).to.equal(SpanStatusCode.UNSET);
  });

  it('tell who gave up waiting', async () => {
    const telemetry = start();
    const store = await open();
    const run = openRun<number>(store, 'key');
    await run.started;
    await rejectionOf(store.run('key', async () => 2, { waitSeconds: 0.01 }));
    const { attributes } = telemetry.span('idempotency wait');
    expect(attributes).to.include({ 'qx_cache.outcome': 'timed-out' });
    expect(telemetry.span('idempotency run').attributes).to.include({
      'error.type': 'IdempotencyInProgressError',
    });
    run.finish(1);
    await run.outcome;
  });

  it('hold no payload, and no key unless it is asked for', async () => {
    for (const [keys, expected] of [
      [undefined, undefined],
      ['hashed', '2c70e12b7a0646f9'],
      ['plain', 'key'],
    ] as const) {
      const telemetry = start({ keys });
      const store = await open();
      await store.run('key', async () => 'SECRET', { fingerprint: 'SECRET' });
      const told = telemetry.spans.map(({ attributes }) => attributes['qx_cache.idempotency.key']);
      expect(new Set(told)).to.deep.equal(new Set([expected]));
      expect(JSON.stringify(telemetry.spans.map((span) => span.attributes))).not.to.match(/SECRET/);
      telemetry.stop();
      await store.delete('key');
    }
  });

  it('leave no trace in Redis when they are not recorded, nor without them', async () => {
    const redis = await engine.connect();
    const store = new IdempotencyStore(redis);
    const telemetry = start({}, new AlwaysOffSampler());
    await store.run('unsampled', async () => 1);
    telemetry.stop();
    await store.run('off', async () => 1);
    start();
    await store.run('on', async () => 1);
    const stored = ['unsampled', 'off', 'on'].map((key) =>
      redis.hget(recordKey(engine, key), 'kind'),
    );
    const [unsampled, off, on] = await Promise.all(stored);
    expect([unsampled, off]).to.deep.equal(['plain', 'plain']);
    expect(on).to.match(/^plain\n00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
  });
});
