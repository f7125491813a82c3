/** One line of what Prometheus scrapes. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Reads the text format of Prometheus. */
export function parseSamples(text: string): Sample[] {
  const lines = text.matchAll(/^(\w+)(?:\{(.*)\})? (\S+)$/gm);
  return [...lines].map(([, name = '', labels = '', value]) => ({
    name,
    labels: Object.fromEntries(
      [...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, label, is]) => [label, is]),
    ),
    value: Number(value),
  }));
}

/**
 * The same as an OpenTelemetry Collector or the OTLP receiver of Prometheus names it: with the unit
 * (https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/).
 */
export function withUnit(sample: Sample): Sample {
  const name = sample.name.replace(/_duration(?=_(bucket|count|sum)$)/, '_duration_seconds');
  return { ...sample, name };
}
