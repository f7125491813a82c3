/** Measures the built library against others. `npm run bench -- --help` */
import { startRedisServer } from '../spec/support/redis-server.js';
import type { Measure } from './contest/measure.js';
import { measures } from './measures.js';
import { type Options, parseOptions, UsageError, usage } from './options.js';
import { environmentOf } from './report/environment.js';
import { writePage } from './report/page.js';
import { writeResult } from './report/results.js';
import { sectionOf } from './report/section.js';

async function main(args: readonly string[]): Promise<void> {
  const options = parseOptions(args);
  if (!options) {
    console.log(usage);
    return;
  }
  for (const measure of options.measures) await runMeasure(measure, options);
  console.log(`\nWritten: ${await writePage(measures)}`);
}

/** Each on a server of its own, so that none finds what another left. */
async function runMeasure(measure: Measure, { rounds, keys }: Options): Promise<void> {
  console.log(`\n${measure.name} ...`);
  const server = await startRedisServer();
  try {
    const { url } = server;
    const environment = await environmentOf(url, measure.contestants);
    const findings = await measure.run({ url, rounds, keys });
    const result = { measure: measure.name, environment, findings };
    await writeResult(result);
    console.log(`\n${sectionOf(measure, result)}`);
  } finally {
    await server.stop();
  }
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
