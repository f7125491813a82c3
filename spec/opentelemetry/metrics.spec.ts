import { expect } from 'chai';
import { Cache, IdempotencyStore, Semaphore } from '../../src/index.js';
import { onEachRedis } from '../support/engines.js';
import { rejectionOf } from '../support/rejection.js';
import { recordTelemetry } from './recorded-telemetry.js';
import { loseClaim, loseLease } from './workload.js';

onEachRedis('Metrics', (engine) => {
  const start = recordTelemetry();

  it('count claims, take-overs, replays, ends, and what went wrong', async () => {
    const telemetry = start();
    const redis = await engine.connect();
    const store = new IdempotencyStore(redis);
    await store.run('key', async () => 1, { fingerprint: 1 });
    await store.run('key', async () => 1, { fingerprint: 1 });
    await rejectionOf(store.run('key', async () => 1, { fingerprint: 2 }));
    await loseClaim(engine, redis, store);
    await store.run('unstorable', async () => () => {});
    await rejectionOf(store.run('fails', () => Promise.reject(new Error())));
    const counted = (name: string) => telemetry.pointsOf(`qx_cache.idempotency.${name}`);
    expect(await counted('claims')).to.deep.equal([
      { attributes: { 'qx_cache.takeover': false }, count: 4 },
      { attributes: { 'qx_cache.takeover': true }, count: 1 },
    ]);
    expect(await counted('ended_claims')).to.deep.equal([
      { attributes: { 'qx_cache.outcome': 'completed' }, count: 2 },
      { attributes: { 'qx_cache.outcome': 'abandoned' }, count: 1 },
      { attributes: { 'qx_cache.outcome': 'lost' }, count: 1 },
    ]);
    for (const name of ['replays', 'reused_keys', 'unrecorded_results']) {
      expect(await counted(name), name).to.deep.equal([{ attributes: {}, count: 1 }]);
    }
  });

  it('count leases by the kind of lock', async () => {
    const telemetry = start();
    const redis = await engine.connect();
    await loseLease(redis);
    await new Semaphore(redis, 's', { permits: 2 }).run(async () => 1);
    const [plain, semaphore] = ['lock', 'semaphore'].map((kind) => ({
      'qx_cache.lock.kind': kind,
    }));
    const counted = (name: string) => telemetry.pointsOf(`qx_cache.lock.${name}`);
    expect(await counted('acquisitions')).to.deep.equal([
      { attributes: plain, count: 1 },
      { attributes: semaphore, count: 1 },
    ]);
    expect(await counted('ended_leases')).to.deep.equal([
      { attributes: { ...plain, 'qx_cache.outcome': 'lost' }, count: 1 },
      { attributes: { ...semaphore, 'qx_cache.outcome': 'released' }, count: 1 },
    ]);
    for (const name of ['renewals', 'timeouts', 'forced_releases']) {
      expect(await counted(name), name).to.deep.equal([{ attributes: plain, count: 1 }]);
    }
  });

  it('count lookups and loads of a cache', async () => {
    const telemetry = start();
    const cache = new Cache(await engine.connect());
    await cache.getOrSet('a', async () => 1, { ttlSeconds: 60 });
    await cache.get('a');
    await rejectionOf(cache.getOrSet('b', () => Promise.reject(new Error()), { ttlSeconds: 60 }));
    expect(await telemetry.pointsOf('qx_cache.cache.lookups')).to.deep.equal([
      { attributes: { 'qx_cache.outcome': 'hit' }, count: 1 },
      { attributes: { 'qx_cache.outcome': 'miss' }, count: 2 },
    ]);
    expect(await telemetry.pointsOf('qx_cache.cache.loads')).to.deep.equal([
      { attributes: { 'qx_cache.outcome': 'loaded' }, count: 1 },
      { attributes: { 'qx_cache.outcome': 'failed' }, count: 1 },
    ]);
  });

  it('measure each operation in seconds, by its outcome', async () => {
    const telemetry = start();
    const store = new IdempotencyStore(await engine.connect());
    await store.run('key', async () => 1);
    await store.run('key', async () => 1);
    await rejectionOf(store.run('fails', () => Promise.reject(new RangeError())));
    expect(await telemetry.pointsOf('qx_cache.idempotency.run.duration')).to.deep.equal([
      { attributes: { 'qx_cache.outcome': 'executed' }, count: 1 },
      { attributes: { 'qx_cache.outcome': 'replayed' }, count: 1 },
      { attributes: { 'qx_cache.outcome': 'failed', 'error.type': 'RangeError' }, count: 1 },
    ]);
    const durations = (await telemetry.metrics()).filter(({ descriptor }) =>
      descriptor.name.endsWith('.duration'),
    );
    expect(new Set(durations.map(({ descriptor }) => descriptor.unit))).to.deep.equal(
      new Set(['s']),
    );
  });

  it('start at 0, so that the first lost claim is an increase', async () => {
    const metrics = await start().metrics();
    const lost = metrics.find(({ descriptor }) => descriptor.name.endsWith('ended_claims'));
    expect(lost?.dataPoints.map(({ value }) => value)).to.deep.equal([0, 0, 0]);
  });
});
