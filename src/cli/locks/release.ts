import { type Command, Option } from 'commander';
import { DistributedLock, ReadWriteLock, Semaphore } from '../../lock/index.js';
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
        const release = forceReleaseOf(session, name, options);
        const before = await look(session, name, options);
        if (before.holders.length === 0) {
          reporter.note(`Nobody holds ${options.kind} "${name}".`);
          return exitCodes.no;
        }
        if (!(await confirm(streams, questionFor(before), options))) {
          reporter.note('Nothing was released.');
          return exitCodes.no;
        }
        // While the person thought about it, the lock may have passed on: that holder was not meant.
        const { holders } = await look(session, name, options);
        const tokens = new Set(before.holders.map(({ token }) => token));
        const released = holders.some(({ token }) => tokens.has(token)) && (await release());
        reporter.result({ name, kind: options.kind, released }, () =>
          released ? ['released'] : [],
        );
        if (!released) reporter.note('It changed hands meanwhile. Nothing was released.');
        return released ? exitCodes.ok : exitCodes.no;
      }),
    );
}

/** @throws {@link CliError} when the options don't say what is needed for it */
function forceReleaseOf(
  { redis }: Session,
  name: string,
  { force, kind, permits }: ReleaseOptions,
): () => Promise<boolean> {
  if (!force) {
    throw new CliError(
      'Only --force releases a lock from here. Its holder is not asked and goes on until its next renewal; only a fencing token stops its writes.',
    );
  }
  if (kind === 'lock') return () => new DistributedLock(redis, name).forceRelease();
  if (kind === 'read-write') return () => new ReadWriteLock(redis, name).forceRelease();
  if (permits === undefined) {
    throw new CliError(
      'A semaphore is handed on to as many waiters as it has permits: give the number with --permits.',
    );
  }
  return () => new Semaphore(redis, name, { permits }).forceRelease();
}

async function look(session: Session, name: string, { kind }: ReleaseOptions): Promise<LockView> {
  return lookAtLock(session, kind, name, await serverTime(session));
}

function questionFor({ kind, name, holders, queue }: LockView): string {
  const owners = holders.map(({ owner }) => owner);
  const shown = [...owners.slice(0, 3), ...(owners.length > 3 ? ['…'] : [])].join(', ');
  return `Release ${kind} "${name}" from ${shown}? Who holds it is not asked and may still work; ${queue.length} wait for it.`;
}
