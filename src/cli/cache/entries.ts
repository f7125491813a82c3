import { Option } from 'commander';
import { keysOf, subject } from '../../cache/entry-gateway.js';
import { isCacheSerializationError } from '../../errors/index.js';
import { inParts } from '../../redis/in-parts.js';
import { durationOption, prefixOption } from '../options.js';
import { type KeyName, scanNames } from '../scan.js';
import type { Session } from '../session.js';
import { entryScript } from './entry-script.js';

const states = ['fresh', 'stale', 'loading', 'unreadable'] as const;

/** A cached value at one moment, without the value. */
export interface CacheEntry {
  readonly key: string;
  /** `stale`: its TTL is over, the copy for `staleSeconds` is there. `loading`: there is no value yet. */
  readonly state: (typeof states)[number];
  /** `null`: it has no end. Absent where there is no value. */
  readonly ttlSecondsLeft?: number | null;
  /** How long the copy for `staleSeconds` still lives. */
  readonly staleSecondsLeft?: number;
  readonly bytes?: number;
  readonly isLoading?: boolean;
}

/** Which values are meant. */
export interface EntryFilter {
  readonly prefix?: string;
  readonly state?: CacheEntry['state'];
  readonly expiresWithin?: number;
  readonly endless?: boolean;
}

/** The options that make an {@link EntryFilter}. */
export const entryFilter: readonly Option[] = [
  new Option('--prefix <text>', 'keys that start with it').argParser(prefixOption),
  new Option('--state <state>', 'values in this state').choices(states),
  new Option('--expires-within <time>', 'with so little left: 90, 5m, 2h, 1d').argParser(
    durationOption,
  ),
  new Option('--endless', 'values that have no end'),
];

/** All values that a filter lets pass, batch by batch; each once. */
export async function* entriesOf(
  session: Session,
  filter: EntryFilter,
): AsyncGenerator<CacheEntry[]> {
  for await (const names of scanNames(session, 'cache', filter.prefix, kindOf)) {
    const entries = await inParts(names, ({ name }) => lookAtEntry(session, name));
    yield entries.filter((entry) => entry !== undefined).filter((entry) => passes(entry, filter));
  }
}

/** Receipts tell of no value. */
function kindOf({ part }: KeyName): 'entry' | undefined {
  return part === undefined || part === 'stale' || part === 'load' ? 'entry' : undefined;
}

/** What there is for a key; `undefined` when there is nothing. */
export async function lookAtEntry(
  { runner, settings }: Session,
  key: string,
): Promise<CacheEntry | undefined> {
  try {
    const keys = keysOf(settings.namespace, key);
    const reply = await runner.script(entryScript, keys, subject(key));
    const hasValue = reply.ttlMs !== -2;
    const hasStale = reply.staleMs !== -2;
    if (!hasValue && !hasStale && !reply.isLoading) return undefined;
    return {
      key,
      state: hasValue ? 'fresh' : hasStale ? 'stale' : 'loading',
      ...(hasValue && { ttlSecondsLeft: reply.ttlMs === -1 ? null : reply.ttlMs / 1000 }),
      ...(hasStale && { staleSecondsLeft: reply.staleMs / 1000 }),
      ...((hasValue || hasStale) && { bytes: hasValue ? reply.bytes : reply.staleBytes }),
      isLoading: reply.isLoading,
    };
  } catch (error) {
    if (!isCacheSerializationError(error)) throw error;
    return { key, state: 'unreadable' };
  }
}

/** Whether a filter lets an entry pass whose key has the prefix. */
export function passes(entry: CacheEntry, { state, expiresWithin, endless }: EntryFilter): boolean {
  const { ttlSecondsLeft } = entry;
  if (state !== undefined && entry.state !== state) return false;
  if (endless && ttlSecondsLeft !== null) return false;
  if (expiresWithin === undefined) return true;
  return typeof ttlSecondsLeft === 'number' && ttlSecondsLeft <= expiresWithin;
}
