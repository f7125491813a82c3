import type { Command } from 'commander';
import type { Cli } from '../cli.js';
import { addLimit, type ListOptions, printList } from '../listing.js';
import { addOptions } from '../options.js';
import type { Cell } from '../output/table.js';
import { bytes, duration } from '../output/units.js';
import { type CacheEntry, type EntryFilter, entriesOf, entryFilter } from './entries.js';

const columns = [
  { title: 'KEY' },
  { title: 'STATE' },
  { title: 'TTL', alignRight: true },
  { title: 'STALE', alignRight: true },
  { title: 'SIZE', alignRight: true },
];

/** `cache list`: by key. */
export function addCacheList(parent: Command, cli: Cli): void {
  addLimit(
    addOptions(parent.command('list').description('list cached values'), entryFilter),
  ).action(
    cli.onRedis<EntryFilter & ListOptions>((session, options) =>
      printList(session, entriesOf(session, options), options, {
        noun: 'cached value',
        name: 'entries',
        order: (a, b) => (a.key < b.key ? -1 : 1),
        columns,
        row: rowOf,
      }),
    ),
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
