import { type MeterProvider, metrics, type TracerProvider, trace } from '@opentelemetry/api';
import { QxCacheSettingsError } from '../errors/index.js';
import { type KeyPolicy, keyPolicies } from './attributes.js';
import { countEvents } from './counters.js';
import { measureDurations } from './durations.js';
import { makeSpans } from './spans.js';

/** What {@link instrument} takes. */
export interface InstrumentOptions {
  /** Where spans go. Default: the global one, also when it is registered later. */
  tracerProvider?: TracerProvider | undefined;
  /** Where metrics go. Default: the global one, which must be registered before. */
  meterProvider?: MeterProvider | undefined;
  /**
   * What spans tell of the keys and the names of locks: `none` (default), `hashed` (the start of their
   * SHA-256: the same key is seen to be the same; one that can be guessed can be recognized), or `plain`.
   * Metrics never have them.
   */
  keys?: KeyPolicy | undefined;
}

/** The name of the instrumentation scope. */
const scope = 'qx-cache';

let running: { readonly options: InstrumentOptions; readonly stop: () => void } | undefined;

/**
 * Makes OpenTelemetry spans and metrics of all that stores, locks and caches of this process do. Once for
 * a process: a further call with the same options changes nothing. What they are called stands in
 * docs/telemetry.md. No payload, no key (see `keys`) and no message of an error is in them.
 *
 * @returns ends it: all listeners are taken off, and spans that are open end. May be called twice.
 * @throws {@link QxCacheSettingsError} for a wrong `keys`, or when it runs already with other options
 * @example
 * sdk.start(); // your OpenTelemetry SDK
 * const stop = instrument();
 */
export function instrument(options: InstrumentOptions = {}): () => void {
  const { keys = 'none', tracerProvider, meterProvider } = options;
  if (!keyPolicies.includes(keys)) {
    throw new QxCacheSettingsError(`instrument: keys must be one of ${keyPolicies.join(', ')}.`);
  }
  if (running) return sameAs(running, { keys, tracerProvider, meterProvider });
  const tracer = (tracerProvider ?? trace.getTracerProvider()).getTracer(scope);
  const meter = (meterProvider ?? metrics.getMeterProvider()).getMeter(scope);
  const stops = [makeSpans(tracer, keys), countEvents(meter), measureDurations(meter)];
  const stop = () => {
    for (const each of stops.splice(0)) each();
    if (running?.stop === stop) running = undefined;
  };
  running = { options: { keys, tracerProvider, meterProvider }, stop };
  return stop;
}

/** @throws {@link QxCacheSettingsError} when the options are others */
function sameAs(
  { options, stop }: NonNullable<typeof running>,
  { keys, tracerProvider, meterProvider }: InstrumentOptions,
): () => void {
  const isSame =
    options.keys === keys &&
    options.tracerProvider === tracerProvider &&
    options.meterProvider === meterProvider;
  if (isSame) return stop;
  throw new QxCacheSettingsError(
    'instrument: it runs already, with other options. Call what it returned before, or instrument once.',
  );
}
