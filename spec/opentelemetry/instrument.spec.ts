import { channel } from 'node:diagnostics_channel';
import { type DiagLogger, DiagLogLevel, diag, trace } from '@opentelemetry/api';
import { expect } from 'chai';
import { IdempotencyStore, isQxCacheSettingsError } from '../../src/index.js';
import { instrument } from '../../src/opentelemetry/index.js';
import { openRun } from '../support/claims.js';
import { onEachRedis } from '../support/engines.js';
import { withoutPackages } from '../support/without-packages.js';
import { startWorker } from '../support/worker.js';
import { recordTelemetry } from './recorded-telemetry.js';

const channels = ['idempotency', 'lock', 'cache', 'operation'].map((area) => `qx-cache:${area}`);
const observed = () => channels.filter((name) => channel(name).hasSubscribers);

onEachRedis('instrument', (engine) => {
  const start = recordTelemetry();

  it('twice makes no span and no count twice', async () => {
    const telemetry = start();
    const { tracerProvider, meterProvider, stop } = telemetry;
    expect(instrument({ tracerProvider, meterProvider, keys: 'none' })).to.equal(stop);
    await new IdempotencyStore(await engine.connect()).run('key', async () => 1);
    expect(telemetry.names.filter((name) => name === 'idempotency run')).to.have.length(1);
    const [claims] = await telemetry.pointsOf('qx_cache.idempotency.claims');
    expect(claims?.count).to.equal(1);
  });

  it('refuses other options while it runs, and anything but its words for keys', () => {
    const { tracerProvider, meterProvider } = start();
    for (const options of [{}, { tracerProvider, meterProvider, keys: 'plain' as const }]) {
      expect(() => instrument(options))
        .to.throw(/runs already/)
        .that.satisfies(isQxCacheSettingsError);
    }
    expect(() => instrument({ keys: 'all' as never })).to.throw(/none, hashed, plain/);
  });

  it('ends with stop: no listener is left, and open spans end', async () => {
    const telemetry = start();
    expect(observed()).to.deep.equal(channels);
    const run = openRun<number>(new IdempotencyStore(await engine.connect()), 'key');
    await run.started;
    telemetry.stop();
    telemetry.stop();
    expect(observed()).to.deep.equal([]);
    expect(telemetry.names).to.have.members([
      'idempotency claim',
      'idempotency run',
      'idempotency execute',
    ]);
    run.finish(1);
    await run.outcome;
    expect(telemetry.spans).to.have.length(3);
    const again = start();
    expect(observed()).to.deep.equal(channels);
    again.stop();
  });

  it('leaves the application alone when a tracer throws, and tells the diagnostics of the API', async () => {
    const told: unknown[][] = [];
    const logger = { error: (...words: unknown[]) => void told.push(words) } as DiagLogger;
    diag.setLogger(logger, { logLevel: DiagLogLevel.ERROR, suppressOverrideMessage: true });
    const uncaught: unknown[] = [];
    const onUncaught = (error: unknown) => void uncaught.push(error);
    // Those of mocha would fail the test in a way that does not say why.
    const before = process.rawListeners('uncaughtException') as (() => void)[];
    process.removeAllListeners('uncaughtException').on('uncaughtException', onUncaught);
    const broken = new Error('a broken tracer');
    const startSpan = () => {
      throw broken;
    };
    const stop = instrument({
      tracerProvider: { getTracer: () => ({ startSpan, startActiveSpan: startSpan }) },
    });
    try {
      const store = new IdempotencyStore(await engine.connect());
      expect((await store.run('key', async () => 1)).value).to.equal(1);
      await new Promise(setImmediate);
    } finally {
      stop();
      diag.disable();
      process.off('uncaughtException', onUncaught);
      for (const listener of before) process.on('uncaughtException', listener);
    }
    expect(uncaught).to.deep.equal([]);
    expect(told[0]).to.deep.equal(['qx-cache: an event could not be recorded', broken]);
  });

  it('stopped by an old stop, goes on when it was started anew', () => {
    const { stop } = start();
    stop();
    start();
    stop();
    expect(observed()).to.deep.equal(channels);
  });

  it('takes the global tracer provider, also when it is registered later', async () => {
    const telemetry = start();
    telemetry.stop();
    const stop = instrument();
    trace.setGlobalTracerProvider(telemetry.tracerProvider);
    await new IdempotencyStore(await engine.connect()).run('key', async () => 1);
    stop();
    expect(telemetry.names).to.include('idempotency run');
  });
});

describe('importing qx-cache/opentelemetry', () => {
  it('registers nothing, and opens nothing', async () => {
    const file = new URL('imports.worker.ts', import.meta.url);
    const worker = startWorker<never, { opened: string[]; observed: string[] }>(file, []);
    expect(await worker.next()).to.deep.equal({ opened: [], observed: [] });
    expect(await worker.exited).to.equal(0);
  });

  it('is not done by the core', async () => {
    const NODE_OPTIONS = `--import ${withoutPackages('@opentelemetry/api')}`;
    const file = new URL('../redis/core-only.worker.ts', import.meta.url);
    const worker = startWorker<never, { opened: string[] }>(file, [], { env: { NODE_OPTIONS } });
    expect((await worker.next()).opened).to.deep.equal([]);
    expect(await worker.exited).to.equal(0);
  });
});
