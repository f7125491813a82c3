import { type Command, Option } from 'commander';
import type { Cli } from '../cli.js';
import { addLimit, type ListOptions, printList } from '../listing.js';
import { durationOption, prefixOption } from '../options.js';
import type { Cell } from '../output/table.js';
import { duration } from '../output/units.js';
import { type LockView, lockKinds } from './lock-view.js';
import { type LockFilter, lockStates, locksOf, longestSeconds } from './locks.js';

const columns = [
  { title: 'NAME' },
  { title: 'KIND' },
  { title: 'HOLDER' },
  { title: 'HELD', alignRight: true },
  { title: 'LEASE', alignRight: true },
  { title: 'WAITING', alignRight: true },
  { title: 'LONGEST', alignRight: true },
];

/** `locks list`: those that are held or waited for, the longest first. */
export function addLocksList(parent: Command, cli: Cli): void {
  const list = parent
    .command('list')
    .description('list locks, semaphores and read-write locks')
    .option('--prefix <text>', 'names that start with it', prefixOption)
    .addOption(new Option('--kind <kind>', 'one kind alone').choices(lockKinds))
    .addOption(
      new Option('--state <state>', 'busy: held or waited for; contended: waited for')
        .choices(lockStates)
        .default('busy'),
    )
    .option('--older-than <time>', 'held or waited for longer: 90, 5m, 2h, 1d', durationOption);
  addLimit(list).action(
    cli.onRedis<LockFilter & ListOptions>((session, options) =>
      printList(session, locksOf(session, options), options, {
        noun: 'lock',
        name: 'locks',
        order: (a, b) => longestSeconds(b) - longestSeconds(a),
        columns,
        row: lockRow,
      }),
    ),
  );
}

/** One lock, with the first of its holders and the number of the others. */
export function lockRow({ kind, name, holders, queue }: LockView): Cell[] {
  const [holder] = holders;
  const others = holders.length > 1 ? ` +${holders.length - 1}` : '';
  const longest = Math.max(...queue.map(({ ageSeconds }) => ageSeconds));
  return [
    name,
    holder?.mode ? `${holder.mode} lock` : kind,
    holder && `${holder.owner}${others}`,
    holder?.heldSeconds === undefined ? undefined : duration(holder.heldSeconds),
    holder && duration(holder.expiresInSeconds),
    queue.length === 0 ? 0 : { text: String(queue.length), style: 'yellow' },
    queue.length === 0 ? undefined : duration(longest),
  ];
}
