import { randomUUID } from 'node:crypto';
import { type Command, Option } from 'commander';
import { lockQueues } from '../../lock/lock-commands.js';
import { lockName } from '../../lock/lock-options.js';
import { permitQueues } from '../../lock/permits/permit-commands.js';
import { type PermitPool, readWritePool, semaphorePool } from '../../lock/permits/permit-pool.js';
import type { QueueCommands } from '../../lock/queue/queue-commands.js';
import type { Cli } from '../cli.js';
import { CliError, exitCodes } from '../cli-error.js';
import { confirm } from '../confirm.js';
import { addYes, countOption, type YesOption } from '../options.js';
import type { Session } from '../session.js';
import { type LockKind, type LockView, lockKinds, lookAtLock, serverTime } from './lock-view.js';

interface ReleaseOptions extends YesOption {
  readonly force?: boolean;
  readonly kind: LockKind;
  readonly permits?: number;
}

/** `locks release NAME --force`: takes it from whoever holds it, and hands it to the next waiter. */
export function addLocksRelease(parent: Command, cli: Cli): void {
  addYes(parent.command('release').description('take a lock from its holder, and hand it on'))
    .argument('<name>', 'its name')
    .option('--force', 'needed: the holder is not asked, and goes on until it notices')
    .addOption(new Option('--kind <kind>', 'what it is').choices(lockKinds).default('lock'))
    .option('--permits <count>', 'of a semaphore: how many its users give it', countOption)
    .action(
      cli.onRedis<ReleaseOptions, [string]>(async (session, options, name) => {
        const { reporter, streams } = session;
        const { kind } = options;
        const commands = commandsOf(session, lockName(name), options);
        const nothing = { name, kind, released: false };
        const before = await lookAtLock(session, kind, name, await serverTime(session));
        if (before.holders.length === 0) {
          reporter.nothing(nothing, `Nobody holds ${kind} "${name}".`);
          return exitCodes.no;
        }
        if (!(await confirm(streams, questionFor(before), options))) {
          reporter.nothing(nothing, 'Nothing was released.');
          return exitCodes.no;
        }
        // While the person thought about it, the lock may have passed on: that holder was not meant.
        const tokens = before.holders.map(({ token }) => token);
        if (!(await commands.forceRelease(randomUUID(), tokens))) {
          reporter.nothing(nothing, 'It changed hands meanwhile. Nothing was released.');
          return exitCodes.no;
        }
        reporter.result({ name, kind, released: true }, () => ['released']);
        return exitCodes.ok;
      }),
    );
}

/** @throws {@link CliError} when the options don't say what is needed for it */
function commandsOf(
  { runner, settings }: Session,
  name: string,
  { force, kind, permits }: ReleaseOptions,
): QueueCommands {
  if (!force) {
    throw new CliError(
      'Only --force releases a lock from here. Its holder is not asked and goes on until its next renewal; only a fencing token stops its writes.',
    );
  }
  // Not through the classes of users: those take a lock from whoever holds it.
  const wiring = { runner, namespace: settings.namespace };
  if (kind === 'lock') return lockQueues.commands(wiring, name);
  const permitsOf = (pool: PermitPool) => permitQueues.commands(wiring, { pool, share: 'all' });
  if (kind === 'read-write') return permitsOf(readWritePool(name));
  if (permits === undefined) {
    throw new CliError(
      'A semaphore is handed on to as many waiters as it has permits: give the number with --permits.',
    );
  }
  return permitsOf(semaphorePool(name, permits));
}

function questionFor({ kind, name, holders, queue }: LockView): string {
  const owners = holders.map(({ owner }) => owner);
  const shown = [...owners.slice(0, 3), ...(owners.length > 3 ? ['…'] : [])].join(', ');
  const waiting = { 0: 'nobody waits', 1: '1 waits' }[queue.length] ?? `${queue.length} wait`;
  return `Release ${kind} "${name}" from ${shown}? Who holds it is not asked and may still work; ${waiting} for it.`;
}
