import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const root = join(import.meta.dirname, '../..');

/** Runs a program of its own, in a folder where the packages are found; gives what it printed. */
export async function runProgram(code: string): Promise<string> {
  const folder = await mkdtemp(join(root, 'spec/docs/.run-'));
  try {
    const file = join(folder, 'snippet.mts');
    await writeFile(file, code);
    const env = { ...process.env, TSX_TSCONFIG_PATH: join(root, 'tsconfig.json') };
    const args = ['--import', 'tsx', file];
    return (await promisify(execFile)(process.execPath, args, { cwd: root, env })).stdout;
  } finally {
    await rm(folder, { recursive: true });
  }
}
