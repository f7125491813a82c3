import type { Command } from 'commander';
import type { Cli } from '../cli.js';
import { addLimit, type ListOptions, noteListed } from '../list-options.js';
import type { Cell } from '../output/table.js';
import { bytes, duration } from '../output/units.js';
import { takeUpTo } from '../scan/take-up-to.js';
import { addEntryFilter, type CacheEntry, type EntryFilter, entriesOf } from './entries.js';

const columns = [
  { title: 'KEY' },
  { title: 'STATE' },
  { title: 'TTL', alignRight: true },
  { title: 'STALE', alignRight: true },
  { title: 'SIZE', alignRight: true },
];

/** `cache list`: by key. */
export function addCacheList(parent: Command, cli: Cli): void {
  addLimit(addEntryFilter(parent.command('list').description('list cached values'))).action(
    cli.onRedis<EntryFilter & ListOptions>(async (session, options) => {
      const { reporter } = session;
      const taken = await takeUpTo(entriesOf(session, options), options.limit);
      const entries = taken.items.sort((a, b) => (a.key < b.key ? -1 : 1));
      reporter.result({ entries, truncated: taken.isTruncated }, () =>
        entries.length === 0 ? [] : reporter.table(columns, entries.map(rowOf)),
      );
      noteListed(reporter, taken, 'cached value');
      return undefined;
    }),
  );
}

function rowOf(entry: CacheEntry): Cell[] {
  const { key, staleSecondsLeft, bytes: size } = entry;
  return [
    key,
    entryStateCell(entry),
    ttlCell(entry),
    staleSecondsLeft === undefined ? undefined : duration(staleSecondsLeft),
    size === undefined ? undefined : bytes(size),
  ];
}

export function entryStateCell({ state, isLoading }: CacheEntry): Cell {
  if (state === 'unreadable') return { text: state, style: 'red' };
  if (state === 'loading') return { text: state, style: 'cyan' };
  const text = isLoading ? `${state}, loading` : state;
  return state === 'stale' ? { text, style: 'yellow' } : text;
}

export function ttlCell({ ttlSecondsLeft }: CacheEntry): Cell {
  if (ttlSecondsLeft === null) return 'endless';
  return ttlSecondsLeft === undefined ? undefined : duration(ttlSecondsLeft);
}
