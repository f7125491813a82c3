import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { addCacheDelete } from './cache/delete.js';
import { addCacheList } from './cache/list.js';
import { addCacheShow } from './cache/show.js';
import type { Cli } from './cli.js';
import { addDoctor } from './doctor/doctor.js';
import { addIdempotencyDelete } from './idempotency/delete.js';
import { addIdempotencyList } from './idempotency/list.js';
import { addIdempotencyShow } from './idempotency/show.js';
import { addLocksList } from './locks/list.js';
import { addLocksRelease } from './locks/release.js';
import { addLocksShow } from './locks/show.js';
import { addPolicy } from './policy.js';
import { addWatch } from './watch/watch.js';

const { version } = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
) as { version: string };

const epilogue = `
Without --url and --namespace: QX_CACHE_URL and QX_CACHE_NAMESPACE, else redis://127.0.0.1:6379/0 and qx.
A password belongs into QX_CACHE_URL: others can see the arguments of a process.

Exit codes: 0 done, 1 the answer is no (not found, nobody holds it, declined, the doctor found a problem),
2 wrong usage, 3 Redis unavailable, 4 stored data unreadable.`;

/** All commands. */
export function buildProgram(cli: Cli): Command {
  const program = new Command('qx-cache')
    .description('Looks after what qx-cache has in Redis.')
    .version(version)
    .option('--url <url>', 'redis://, rediss://, redis+sentinel:// or redis+cluster://')
    .option('--namespace <namespace>', 'what all keys start with')
    .option('--json', 'print JSON')
    .option('--no-color', 'print no colors')
    .configureHelp({ showGlobalOptions: true })
    .addHelpText('after', epilogue);
  addDoctor(program, cli);
  const idempotency = program.command('idempotency').description('idempotency keys');
  addIdempotencyList(idempotency, cli);
  addIdempotencyShow(idempotency, cli);
  addIdempotencyDelete(idempotency, cli);
  const locks = program.command('locks').description('locks, semaphores and read-write locks');
  addLocksList(locks, cli);
  addLocksShow(locks, cli);
  addLocksRelease(locks, cli);
  const cache = program.command('cache').description('cached values');
  addCacheList(cache, cli);
  addCacheShow(cache, cli);
  addCacheDelete(cache, cli);
  addWatch(program, cli);
  addPolicy(program, cli);
  return program;
}
