import { randomUUID } from 'node:crypto';
import { type Command, Option } from 'commander';
import type { Cli } from '../cli.js';
import { CliError, exitCodes } from '../cli-error.js';
import { confirm } from '../confirm.js';
import { addYes, countOption, type YesOption } from '../options.js';
import { type LockKind, type LockView, lockKinds, lookAtLock, serverTime } from './lock-view.js';
import { releaseHolders } from './release-holders.js';

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
        checkOptions(options);
        const { kind, permits = 1 } = options;
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
        const held = { kind, name, permits, tokens: before.holders.map(({ token }) => token) };
        if (!(await releaseHolders(session, held, randomUUID()))) {
          reporter.nothing(nothing, 'It changed hands meanwhile. Nothing was released.');
          return exitCodes.no;
        }
        reporter.result({ name, kind, released: true }, () => ['released']);
        return exitCodes.ok;
      }),
    );
}

/** @throws {@link CliError} when the options don't say what is needed for it */
function checkOptions({ force, kind, permits }: ReleaseOptions): void {
  if (!force) {
    throw new CliError(
      'Only --force releases a lock from here. Its holder is not asked and goes on until its next renewal; only a fencing token stops its writes.',
    );
  }
  if (kind === 'semaphore' && permits === undefined) {
    throw new CliError(
      'A semaphore is handed on to as many waiters as it has permits: give the number with --permits.',
    );
  }
}

function questionFor({ kind, name, holders, queue }: LockView): string {
  const owners = holders.map(({ owner }) => owner);
  const shown = [...owners.slice(0, 3), ...(owners.length > 3 ? ['…'] : [])].join(', ');
  const waiting = { 0: 'nobody waits', 1: '1 waits' }[queue.length] ?? `${queue.length} wait`;
  return `Release ${kind} "${name}" from ${shown}? Who holds it is not asked and may still work; ${waiting} for it.`;
}
