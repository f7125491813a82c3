import { mkdir, rm, writeFile } from 'node:fs/promises';
import { None, parse, View } from 'vega';
import { compile } from 'vega-lite';
import type { Chart } from '../../contest/chart.js';
import { barsSpec } from './bars.js';
import { linesSpec } from './lines.js';

const folder = new URL('../../../docs/benchmarks/', import.meta.url);

/** Removes all, so that none outlives its measure. */
export async function removeCharts(): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}

/** Draws a chart as docs/benchmarks/NAME.svg. */
export async function writeChart(chart: Chart): Promise<void> {
  const { spec } = compile(chart.kind === 'bars' ? barsSpec(chart) : linesSpec(chart));
  const view = new View(parse(spec), { renderer: 'none', logLevel: None });
  const svg = await view.toSVG();
  view.finalize();
  await mkdir(folder, { recursive: true });
  await writeFile(new URL(`${chart.name}.svg`, folder), `${svg}\n`);
}

/** The chart in Markdown, for a page in docs. */
export function chartLink({ name, title, figures }: Chart): string {
  return `![${title}: ${figures}](benchmarks/${name}.svg)`;
}
