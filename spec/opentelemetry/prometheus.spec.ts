import { readFile } from 'node:fs/promises';
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { expect } from 'chai';
import { parse } from 'yaml';
import { instrument } from '../../src/opentelemetry/index.js';
import { onRealRedis } from '../support/engines.js';
import { freePort } from '../support/ports.js';
import { parseSamples, type Sample, withUnit } from './prometheus-text.js';
import { parseQuery } from './promql.js';
import { doEverything } from './workload.js';

const operations = new URL('../../docs/operations/', import.meta.url);

interface Dashboard {
  readonly panels: readonly {
    readonly id: number;
    readonly title: string;
    readonly gridPos: { readonly x: number; readonly y: number; readonly w: number };
    readonly targets?: readonly { readonly expr: string }[];
  }[];
}

interface Alerts {
  readonly groups: readonly {
    readonly rules: readonly {
      readonly alert: string;
      readonly expr: string;
      readonly labels: { readonly severity: string };
      readonly annotations: { readonly summary: string; readonly description: string };
    }[];
  }[];
}

async function readDashboard(): Promise<Dashboard> {
  return JSON.parse(await readFile(new URL('grafana-dashboard.json', operations), 'utf8'));
}

async function readAlerts(): Promise<Alerts> {
  return parse(await readFile(new URL('prometheus-alerts.yaml', operations), 'utf8'));
}

/** With the variables of Grafana filled in. */
function filledIn(expression: string): string {
  return expression.replaceAll('$job', '.*').replace(/\$__(rate_interval|range)/g, '5m');
}

/** What a query asks for and does not get. */
function missesOf(expression: string, samples: readonly Sample[]): string[] {
  const { selectors, groupedBy } = parseQuery(filledIn(expression));
  const taken = selectors.map(({ text, takes }) => ({ text, of: samples.filter(takes) }));
  // Prometheus itself adds the job.
  const known = new Set(['job', ...taken.flatMap(({ of }) => of.flatMap(labelsOf))]);
  return [
    ...taken.filter(({ of }) => of.length === 0).map(({ text }) => text),
    ...[...groupedBy].filter((label) => !known.has(label)),
  ];
}

function labelsOf({ labels }: Sample): string[] {
  return Object.keys(labels);
}

onRealRedis('The Prometheus exporter', (engine) => {
  let samples: Sample[];

  beforeEach(async () => {
    const port = await freePort();
    const exporter = new PrometheusExporter({ port, host: '127.0.0.1' });
    const meterProvider = new MeterProvider({ readers: [exporter] });
    const stop = instrument({ meterProvider });
    try {
      await doEverything(engine);
      const response = await fetch(`http://127.0.0.1:${port}/metrics`);
      samples = parseSamples(await response.text());
    } finally {
      stop();
      await meterProvider.shutdown();
    }
  });

  it('has all that the dashboard and the alert rules ask for, under both ways to name units', async () => {
    const { panels } = await readDashboard();
    const { groups } = await readAlerts();
    const expressions = [
      ...panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr)),
      ...groups.flatMap(({ rules }) => rules.map(({ expr }) => expr)),
    ];
    expect(expressions.length).to.be.greaterThan(25);
    for (const named of [samples, samples.map(withUnit)]) {
      const misses = expressions.flatMap((expression) => missesOf(expression, named));
      expect(misses).to.deep.equal([]);
    }
    expect(samples.map(withUnit)).not.to.deep.equal(samples);
  });
});

describe('The dashboard and the alert rules', () => {
  it('would be told of a metric, a label or a value that is not there, and of what is no PromQL', () => {
    const samples = parseSamples('qx_a_total{kind="x"} 1\n');
    expect(missesOf('sum by (kind) (rate(qx_a_total{kind=~"x|y"}[5m]))', samples)).to.deep.equal(
      [],
    );
    expect(missesOf('qx_b_total', samples)).to.deep.equal(['qx_b_total']);
    expect(missesOf('qx_a_total{kind="z"}', samples)).to.deep.equal(['qx_a_total{kind="z"}']);
    expect(missesOf('sum by (sort) (qx_a_total)', samples)).to.deep.equal(['sort']);
    expect(() => missesOf('sum(rate(qx_a_total[5m])', samples)).to.throw('no PromQL');
  });

  it('have panels with ids of their own, which do not cover each other', async () => {
    const { panels } = await readDashboard();
    expect(new Set(panels.map(({ id }) => id)).size).to.equal(panels.length);
    const places = panels.map(({ gridPos: { x, y } }) => `${x},${y}`);
    expect(new Set(places).size).to.equal(panels.length);
    for (const { gridPos } of panels) expect(gridPos.x + gridPos.w).to.be.at.most(24);
  });

  it('have alerts with a name, a severity, and what to do', async () => {
    const rules = (await readAlerts()).groups.flatMap((group) => group.rules);
    expect(new Set(rules.map(({ alert }) => alert)).size).to.equal(rules.length);
    for (const { alert, labels, annotations } of rules) {
      expect(labels.severity, alert).to.be.oneOf(['warning', 'critical']);
      expect(annotations.summary, alert).to.be.a('string').that.is.not.empty;
      expect(annotations.description, alert).to.be.a('string').that.is.not.empty;
    }
  });
});
