import { context, type Tracer, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  AggregationTemporality,
  type DataPoint,
  type Histogram,
  InMemoryMetricExporter,
  MeterProvider,
  type MetricData,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  type Sampler,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { expect } from 'chai';
import { type InstrumentOptions, instrument } from '../../src/opentelemetry/index.js';

/** The real SDK, as an application sets it up, with exporters that keep all in memory. */
export class RecordedTelemetry {
  readonly #exporter = new InMemorySpanExporter();
  readonly #metricExporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  readonly #reader = new PeriodicExportingMetricReader({
    exporter: this.#metricExporter,
    exportIntervalMillis: 3_600_000,
  });
  readonly tracerProvider: BasicTracerProvider;
  readonly meterProvider = new MeterProvider({ readers: [this.#reader] });
  readonly stop: () => void;

  constructor(options: InstrumentOptions = {}, sampler?: Sampler) {
    this.tracerProvider = new BasicTracerProvider({
      spanProcessors: [new SimpleSpanProcessor(this.#exporter)],
      ...(sampler && { sampler }),
    });
    const { tracerProvider, meterProvider } = this;
    this.stop = instrument({ tracerProvider, meterProvider, ...options });
  }

  get spans(): ReadableSpan[] {
    return this.#exporter.getFinishedSpans();
  }

  get names(): string[] {
    return this.spans.map(({ name }) => name);
  }

  /** The only span of that name. */
  span(name: string): ReadableSpan {
    const [span, ...others] = this.spans.filter((each) => each.name === name);
    if (!span) return expect.fail(`no span "${name}", but ${this.names}`);
    expect(others, `more spans named "${name}"`).to.deep.equal([]);
    return span;
  }

  /** The names of a span and of all those around it, from the inside out. */
  pathOf(span: ReadableSpan): string[] {
    const id = span.parentSpanContext?.spanId;
    const parent = this.spans.find((each) => each.spanContext().spanId === id);
    return [span.name, ...(parent ? this.pathOf(parent) : [])];
  }

  /** A tracer of the application's own. */
  get tracer(): Tracer {
    return this.tracerProvider.getTracer('application');
  }

  /** Runs work in a span of the application. */
  inSpan<T>(name: string, work: () => Promise<T>): Promise<T> {
    return this.tracer.startActiveSpan(name, (span) => work().finally(() => span.end()));
  }

  async metrics(): Promise<MetricData[]> {
    this.#metricExporter.reset();
    await this.#reader.forceFlush();
    const [all] = this.#metricExporter.getMetrics();
    return all?.scopeMetrics.flatMap(({ metrics }) => metrics) ?? [];
  }

  /** What a counter counted, or a histogram was told: all data points that are not 0. */
  async pointsOf(name: string): Promise<{ attributes: object; count: number }[]> {
    const metric = (await this.metrics()).find(({ descriptor }) => descriptor.name === name);
    if (!metric) return expect.fail(`no metric "${name}"`);
    const points = metric.dataPoints as (DataPoint<number> | DataPoint<Histogram>)[];
    return points
      .map(({ attributes, value }) => ({
        attributes,
        count: typeof value === 'number' ? value : value.count,
      }))
      .filter(({ count }) => count > 0);
  }

  async end(): Promise<void> {
    this.stop();
    await Promise.all([this.tracerProvider.shutdown(), this.meterProvider.shutdown()]);
  }
}

/** Lets each test of the surrounding `describe` start telemetry, which ends with it. */
export function recordTelemetry(): (
  options?: InstrumentOptions,
  sampler?: Sampler,
) => RecordedTelemetry {
  const all: RecordedTelemetry[] = [];
  beforeEach(() => {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  });
  afterEach(async () => {
    await Promise.all(all.splice(0).map((each) => each.end()));
    context.disable();
    trace.disable();
  });
  return (options, sampler) => {
    const created = new RecordedTelemetry(options, sampler);
    all.push(created);
    return created;
  };
}
