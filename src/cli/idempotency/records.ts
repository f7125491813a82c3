import { Option } from 'commander';
import { isCacheSerializationError, isIdempotencyKeyError } from '../../errors/index.js';
import { type IdempotencyRecord, IdempotencyStore } from '../../idempotency/index.js';
import { inParts } from '../../redis/in-parts.js';
import { durationOption, prefixOption } from '../options.js';
import { type KeyName, scanNames } from '../scan.js';
import type { Session } from '../session.js';

/** A record, or a key that holds something else. */
export type ListedRecord = IdempotencyRecord | UnreadableRecord;

interface UnreadableRecord {
  readonly key: string;
  readonly state: 'unreadable';
}

const states = [
  'in-progress',
  'completed',
  'completed-without-result',
  'abandoned',
  'unreadable',
] as const satisfies readonly ListedRecord['state'][];

/** Which records are meant. */
export interface RecordFilter {
  readonly prefix?: string;
  readonly state?: ListedRecord['state'];
  readonly olderThan?: number;
  readonly youngerThan?: number;
}

/** The options that make a {@link RecordFilter}. */
export const recordFilter: readonly Option[] = [
  new Option('--prefix <text>', 'keys that start with it').argParser(prefixOption),
  new Option('--state <state>', 'records in this state').choices(states),
  new Option('--older-than <time>', 'in their state for longer: 90, 5m, 2h, 1d').argParser(
    durationOption,
  ),
  new Option('--younger-than <time>', 'in their state for less').argParser(durationOption),
];

/** All records that a filter lets pass, batch by batch; each once. */
export async function* recordsOf(
  session: Session,
  filter: RecordFilter,
): AsyncGenerator<ListedRecord[]> {
  const store = new IdempotencyStore(session.redis);
  const kindOf = ({ part }: KeyName) => (part === undefined ? 'record' : undefined);
  for await (const names of scanNames(session, 'idempotency', filter.prefix, kindOf)) {
    const records = await inParts(names, ({ name }) => lookAtRecord(store, name));
    yield records
      .filter((record) => record !== undefined)
      .filter((record) => passes(record, filter));
  }
}

/** The record of a key; `undefined` when there is none. */
export async function lookAtRecord(
  store: IdempotencyStore,
  key: string,
): Promise<ListedRecord | undefined> {
  try {
    return await store.inspect(key);
  } catch (error) {
    if (!isCacheSerializationError(error) && !isIdempotencyKeyError(error)) throw error;
    return { key, state: 'unreadable' };
  }
}

/** Whether a filter lets a record pass whose key has the prefix. */
export function passes(
  record: ListedRecord,
  { state, olderThan, youngerThan }: RecordFilter,
): boolean {
  if (state !== undefined && record.state !== state) return false;
  if (olderThan === undefined && youngerThan === undefined) return true;
  if (record.state === 'unreadable') return false;
  return record.ageSeconds >= (olderThan ?? 0) && record.ageSeconds <= (youngerThan ?? Infinity);
}
