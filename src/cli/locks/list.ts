import { type Command, Option } from 'commander';
import type { Cli } from '../cli.js';
import { addLimit, type ListOptions, noteListed } from '../list-options.js';
import { durationOption } from '../option-parsers.js';
import { takeUpTo } from '../scan/take-up-to.js';
import { lockColumns, lockRow } from './lock-rows.js';
import { lockKinds } from './lock-view.js';
import { type LockFilter, lockStates, locksOf, longestSeconds } from './locks.js';

/** `locks list`: those that are held or waited for, the longest first. */
export function addLocksList(parent: Command, cli: Cli): void {
  const list = parent
    .command('list')
    .description('list locks, semaphores and read-write locks')
    .option('--prefix <text>', 'names that start with it')
    .addOption(new Option('--kind <kind>', 'one kind alone').choices(lockKinds))
    .addOption(
      new Option('--state <state>', 'busy: held or waited for; contended: waited for')
        .choices(lockStates)
        .default('busy'),
    )
    .option('--older-than <time>', 'held or waited for longer: 90, 5m, 2h, 1d', durationOption);
  addLimit(list).action(
    cli.onRedis<LockFilter & ListOptions>(async (session, options) => {
      const { reporter } = session;
      const taken = await takeUpTo(locksOf(session, options), options.limit);
      const locks = taken.items.sort((a, b) => longestSeconds(b) - longestSeconds(a));
      reporter.result({ locks, truncated: taken.isTruncated }, () =>
        locks.length === 0 ? [] : reporter.table(lockColumns, locks.map(lockRow)),
      );
      noteListed(reporter, taken, 'lock');
      return undefined;
    }),
  );
}
