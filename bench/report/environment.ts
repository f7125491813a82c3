import { readFile } from 'node:fs/promises';
import { availableParallelism, cpus, loadavg, platform, release, totalmem } from 'node:os';
import { Redis } from 'ioredis';
import type { Contestant } from '../contest/contestant.js';

/** Taken before the first measure, which is a load itself. */
const loadBefore = loadavg()[0] ?? 0;

/** Where a measure ran, and on what. */
export interface Environment {
  readonly date: string;
  readonly machine: string;
  /** What else ran there: how many wanted a core, in the minute before the run. */
  readonly loadBefore: number;
  readonly node: string;
  readonly redis: string;
  readonly versions: Readonly<Record<string, string>>;
}

/** @param url the server that the measure ran on */
export async function environmentOf(
  url: string,
  contestants: readonly Contestant[],
): Promise<Environment> {
  const names = new Set(['ioredis', ...contestants.map(({ packageName }) => packageName)]);
  const versions: Record<string, string> = {};
  for (const name of names) versions[name] = await versionOf(name);
  return {
    date: new Date().toISOString().slice(0, 10),
    machine: machine(),
    loadBefore,
    node: process.versions.node,
    redis: await redisVersion(url),
    versions,
  };
}

function machine(): string {
  const model = cpus()[0]?.model.trim() || process.arch;
  const gigabytes = Math.round(totalmem() / 2 ** 30);
  return `${availableParallelism()} × ${model}, ${gigabytes} GB, ${platform()} ${release()}`;
}

async function redisVersion(url: string): Promise<string> {
  const redis = new Redis(url);
  const info = await redis.info('server');
  await redis.quit();
  return /^redis_version:(\S+)/m.exec(info)?.[1] ?? 'unknown';
}

async function versionOf(name: string): Promise<string> {
  // Not by import: not every package exports its package.json.
  const path = name === 'qx-cache' ? 'package.json' : `node_modules/${name}/package.json`;
  // What the library itself needs is installed beside it, not here.
  const folders = name === 'qx-cache' ? ['../../'] : ['../', '../../'];
  for (const folder of folders) {
    const text = await textOf(new URL(folder + path, import.meta.url));
    if (text === undefined) continue;
    const manifest: { version?: unknown } = JSON.parse(text);
    return String(manifest.version).replace(/^v/, '');
  }
  throw new Error(`${name} is not installed.`);
}

async function textOf(file: URL): Promise<string | undefined> {
  return readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
}
