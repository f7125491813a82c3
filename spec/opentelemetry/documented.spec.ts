import { expect } from 'chai';
import { runProgram } from '../docs/run-program.js';
import { readPage, snippetsOf } from '../docs/snippets.js';
import { onRealRedis } from '../support/engines.js';
import { freePort } from '../support/ports.js';
import { parseSamples } from './prometheus-text.js';
import { recordTelemetry } from './recorded-telemetry.js';
import { doEverything } from './workload.js';

/** The first cells of the tables of docs/telemetry.md, and what stands in the second. */
function documented(name: RegExp, second = /.*/): Map<string, string> {
  const rows = readPage('docs/telemetry.md').matchAll(/^\| `([^`]+)` \| (.*?) \|/gm);
  return new Map(
    [...rows].flatMap(([, first = '', cell = '']) =>
      name.test(first) && second.test(cell) ? [[first, cell.replaceAll('`', '')] as const] : [],
    ),
  );
}

onRealRedis('docs/telemetry.md', (engine) => {
  const start = recordTelemetry();

  it('has every metric with its unit, and every span, and no other', async () => {
    const telemetry = start();
    await doEverything(engine);
    const metrics = await telemetry.metrics();
    expect(documented(/^qx_cache\./, /^`(s|\{\w+\})`$/)).to.deep.equal(
      new Map(metrics.map(({ descriptor }) => [descriptor.name, descriptor.unit])),
    );
    const spans = [...documented(/^(idempotency|lock|cache) \w+$/).keys()];
    expect(new Set(telemetry.names)).to.deep.equal(new Set(spans));
  });
});

describe('The Prometheus recipe', () => {
  it('runs as it stands', async () => {
    const recipe = snippetsOf('docs/telemetry.md').find(({ code }) => code.includes('9464'));
    const port = await freePort();
    const use = `
      import { createClient, IdempotencyStore } from 'qx-cache';
      const redis = await createClient('memory://recipe');
      await new IdempotencyStore(redis).run('key', async () => 1);
      console.log(await (await fetch('http://localhost:${port}/metrics')).text());
      stop();
      await redis.quit();
      await meterProvider.shutdown();`;
    const text = await runProgram((recipe?.code ?? '').replace('9464', String(port)) + use);
    const claims = parseSamples(text).filter(({ name }) => name.endsWith('_claims_total'));
    expect(claims.find(({ labels }) => labels.qx_cache_takeover === 'false')?.value).to.equal(1);
  });
});
