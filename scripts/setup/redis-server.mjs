import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { installWithApt, stopService } from './apt.mjs';
import { SetupError } from './setup-error.mjs';

const VARIABLE = 'QX_CACHE_TEST_REDIS_SERVER';
const cache = new URL('../../node_modules/.cache/qx-cache/', import.meta.url);

/** Finds or installs a real redis-server, and notes its path where spec/support reads it. */
export async function provideRedisServer() {
  const { path, version } = chosenByHand() ?? (await firstThatRuns());
  mkdirSync(cache, { recursive: true });
  writeFileSync(new URL('redis-server', cache), `${path}\n`);
  console.log(`set-up: specs run on ${path} (${version})`);
}

function chosenByHand() {
  const path = process.env[VARIABLE];
  if (!path) return undefined;
  const server = probe(path);
  if (server.version) return server;
  throw new SetupError(`${VARIABLE} is ${path}, which does not run: ${server.problem}`);
}

async function firstThatRuns() {
  const tried = [];
  for (const [name, find] of Object.entries(SOURCES)) {
    try {
      return await find();
    } catch (error) {
      tried.push(`  - ${name}: ${error.message}`);
    }
  }
  throw new SetupError(
    `no redis-server, and the specs need a real one. Tried:\n${tried.join('\n')}\n` +
      'Install Redis 7 (or Valkey) with your package manager so that redis-server is on PATH,\n' +
      `or set ${VARIABLE} to the path of a redis-server binary.`,
  );
}

// In this order: what is there, what is quick, what always takes minutes.
const SOURCES = {
  'redis-server or valkey-server on PATH': findOnPath,
  'apt-get install redis-server': () => {
    installWithApt('redis-server');
    stopService('redis-server');
    return findOnPath();
  },
  'download and compile by redis-memory-server': download,
};

function findOnPath() {
  const problems = [];
  for (const name of ['redis-server', 'valkey-server']) {
    for (const folder of (process.env.PATH ?? '').split(delimiter).filter(Boolean)) {
      const server = probe(join(folder, name));
      if (server.version) return server;
      if (server.problem !== 'not found') problems.push(`${server.path}: ${server.problem}`);
    }
  }
  throw new Error(problems.join('; ') || 'not found');
}

async function download() {
  // Otherwise redis-memory-server takes what it downloads from anybody, whatever the certificate.
  process.env.npm_config_strict_ssl = 'true';
  console.log(
    'set-up: downloading and compiling Redis (a few minutes, needs make and a C compiler)',
  );
  const { default: module } = await import('redis-memory-server/lib/util/RedisBinary.js');
  const server = probe(await module.default.getPath());
  if (server.version) return server;
  throw new Error(`${server.path}: ${server.problem}`);
}

function probe(path) {
  const { status, signal, error, stdout, stderr } = spawnSync(path, ['--version'], {
    encoding: 'utf8',
    timeout: 10_000,
  });
  if (error) return { path, problem: error.code === 'ENOENT' ? 'not found' : error.message };
  const version = /\bv=(\S+)/.exec(stdout)?.[1];
  if (status === 0 && version) return { path, version };
  return { path, problem: stderr.trim() || `no version (${signal ?? `exit code ${status}`})` };
}
