import { mkdir, readFile, writeFile } from 'node:fs/promises';
import type { Findings, Measure } from '../contest/measure.js';
import type { Environment } from './environment.js';

const folder = new URL('../results/', import.meta.url);

/** What a run of one measure found, as it is kept in `results/`. */
export interface Result {
  readonly measure: string;
  readonly environment: Environment;
  readonly findings: Findings;
}

export async function writeResult(result: Result): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(fileOf(result.measure), `${JSON.stringify(result, null, 2)}\n`);
}

/** The last result of a measure, of this run or an earlier one; `undefined` before the first. */
export async function readResult({ name }: Measure): Promise<Result | undefined> {
  try {
    return JSON.parse(await readFile(fileOf(name), 'utf8'));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function fileOf(measure: string): URL {
  return new URL(`${measure}.json`, folder);
}
