import { writeFile } from 'node:fs/promises';
import { markdownTable } from 'markdown-table';
import type { Contestant } from '../contest/contestant.js';
import type { Measure } from '../contest/measure.js';
import { type Result, readResult } from './results.js';
import { sectionOf } from './section.js';

const page = new URL('../../docs/benchmarks.md', import.meta.url);

interface Measured {
  readonly measure: Measure;
  readonly result: Result;
}

const intro = `<!-- Made by "npm run bench" from bench/results. Don't edit. -->

# Benchmarks

What locks cost here, next to other libraries at their best settings. All contestants of a table ran
in the same rounds, by turns, on one machine: compare within a table, and not between machines. A figure is
the median of the rounds, with the lowest and the highest in brackets.

The locks are not alike. Only that of qx-cache keeps the order of its callers, tells a fencing token and
wakes who waits; the others ask again and again. redlock and redlock-universal can agree over several
servers, which nobody does here.

\`\`\`sh
npm run bench              # all of it
npm run bench -- lock      # one area
npm run bench -- lock-pair # one measure
\`\`\`

It builds the library, starts a redis-server of its own without persistence on the loopback interface,
and writes this page. [bench/README.md](../bench/README.md) tells how to add a measure or a library.`;

/**
 * Writes docs/benchmarks.md, from the last result of each measure.
 *
 * @returns where it is
 */
export async function writePage(measures: readonly Measure[]): Promise<string> {
  const measured: Measured[] = [];
  for (const measure of measures) {
    const result = await readResult(measure);
    if (result) measured.push({ measure, result });
  }
  const sections = measured.map(({ measure, result }) => sectionOf(measure, result));
  const blocks = [intro, machinesOf(measured), contestantsOf(measured), ...sections];
  await writeFile(page, `${blocks.join('\n\n')}\n`);
  return 'docs/benchmarks.md';
}

function machinesOf(measured: readonly Measured[]): string {
  const rows = measured.map(({ measure, result: { environment } }) => [
    `\`${measure.name}\``,
    environment.date,
    environment.machine,
    environment.loadBefore.toFixed(1),
    environment.node,
    environment.redis,
  ]);
  const about =
    'Load is what the machine did otherwise in the minute before the run: well below its number of cores is quiet.';
  return `## Where and when\n\n${about}\n\n${markdownTable([['measure', 'date', 'machine', 'load', 'Node', 'Redis'], ...rows])}`;
}

function contestantsOf(measured: readonly Measured[]): string {
  const contestants = new Set(measured.flatMap(({ measure }) => measure.contestants));
  const versions = Object.assign({}, ...measured.map(({ result }) => result.environment.versions));
  const rows = [...contestants].map((contestant) => [
    contestant.name,
    versionOf(contestant, versions),
    contestant.settings,
  ]);
  return `## Who takes part\n\n${markdownTable([['', 'version', 'settings'], ...rows])}`;
}

function versionOf(
  { name, packageName }: Contestant,
  versions: Readonly<Record<string, string>>,
): string {
  const version = versions[packageName] ?? 'unknown';
  return name === packageName ? version : `${packageName} ${version}`;
}
