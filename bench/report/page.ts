import { writeFile } from 'node:fs/promises';
import { markdownTable } from 'markdown-table';
import type { Contestant } from '../contest/contestant.js';
import type { Measure } from '../contest/measure.js';
import { chartLink, removeCharts, writeChart } from './charts/write-chart.js';
import { type Result, readResult } from './results.js';
import { sectionOf } from './section.js';

const page = new URL('../../docs/benchmarks.md', import.meta.url);

interface Measured {
  readonly measure: Measure;
  readonly result: Result;
}

const intro = `<!-- Made by "npm run bench" from bench/results. Don't edit. -->

# Benchmarks

What idempotency, locks and the cache cost, next to the least that could do the same (“floor”) and to
other libraries at their best settings. All contestants of a table ran in the same rounds, by turns, on
one machine: compare within a table, and not between machines. A figure is the median of the rounds,
with the lowest and the highest in brackets; “of …” is how many times as much as that contestant, round by
round. “Bare scripts” are the scripts of this library without the library: what is between them and the
floor is spent in Redis, and what is between them and qx-cache in this process. With many in flight, the
floor can be beaten: ioredis writes each command on its own, while qx-cache and the client \`redis\` write
all commands of one tick at once. Where others are ahead, a sentence below the table says so.

The libraries are not alike. Only qx-cache renews and fences claims, wakes who waits, keeps the order of
those who want a lock, and loads a missing value once over all processes. redlock, redlock-universal and
@redis-kit/lock can agree over several servers, which nobody does here. powertools can also keep its
records in DynamoDB, which is not measured: there is none on this machine.

\`\`\`sh
npm run bench                                  # all but growth
npm run bench -- growth                        # from few to many: takes some minutes more
npm run bench -- growth-keys --keys 10000000   # ten million keys: needs about 17 GB
npm run bench -- lock                          # one area
npm run bench -- lock-pair                     # one measure
\`\`\`

It builds the library, starts a redis-server of its own without persistence on the loopback interface,
and writes this page. \`bench/README.md\` tells how to add a measure or a library.`;

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
  const sections: string[] = [];
  await removeCharts();
  for (const { measure, result } of measured) {
    const { charts = [] } = result.findings;
    for (const chart of charts) await writeChart(chart);
    sections.push([sectionOf(measure, result), ...charts.map(chartLink)].join('\n\n'));
  }
  const blocks = [intro, targetsOf(measured), machinesOf(measured), contestantsOf(measured)];
  await writeFile(page, `${[...blocks, ...sections].join('\n\n')}\n`);
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

/** How many targets are met, before all tables. */
function targetsOf(measured: readonly Measured[]): string {
  const rows = measured.flatMap(({ measure, result: { findings } }) => {
    const { targets } = findings;
    if (targets.length === 0) return [];
    const missed = targets.filter(({ isMet }) => !isMet);
    const met = `${targets.length - missed.length} of ${targets.length}`;
    return [[`[${measure.title}](#${anchorOf(measure.title)})`, met]];
  });
  const table = markdownTable([['measure', 'targets met'], ...rows], { align: ['l', 'r'] });
  return `## Targets\n\nWhat this library sets itself; each is listed with what it got below its tables.\n\n${table}`;
}

/** As GitHub makes it of a heading. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} -]/gu, '')
    .replaceAll(' ', '-');
}

/** Each once in an area, though measures may wrap it. */
function contestantsOf(measured: readonly Measured[]): string {
  const versions = Object.assign({}, ...measured.map(({ result }) => result.environment.versions));
  const rows = new Map<string, readonly string[]>();
  for (const { measure } of measured) {
    for (const contestant of measure.contestants) {
      const { name, settings } = contestant;
      const id = `${name}: ${settings}`;
      if (rows.has(id)) continue;
      const area = measure.name.slice(0, measure.name.indexOf('-'));
      rows.set(id, [area, name, versionOf(contestant, versions), settings]);
    }
  }
  const head = ['first in', '', 'version', 'settings'];
  return `## Who takes part\n\n${markdownTable([head, ...rows.values()])}`;
}

function versionOf(
  { name, packageName }: Contestant,
  versions: Readonly<Record<string, string>>,
): string {
  const version = versions[packageName] ?? 'unknown';
  return name === packageName ? version : `${packageName} ${version}`;
}
