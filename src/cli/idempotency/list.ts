import type { Command } from 'commander';
import type { Cli } from '../cli.js';
import { addLimit, type ListOptions, printList } from '../listing.js';
import { addOptions } from '../options.js';
import type { Cell } from '../output/table.js';
import { bytes, duration } from '../output/units.js';
import { type ListedRecord, type RecordFilter, recordFilter, recordsOf } from './records.js';

const columns = [
  { title: 'KEY' },
  { title: 'STATE' },
  { title: 'ATTEMPT', alignRight: true },
  { title: 'AGE', alignRight: true },
  { title: 'LEASE', alignRight: true },
  { title: 'TTL', alignRight: true },
  { title: 'SIZE', alignRight: true },
];

/** `idempotency list`: the longest in their state first. */
export function addIdempotencyList(parent: Command, cli: Cli): void {
  addLimit(
    addOptions(parent.command('list').description('list idempotency keys'), recordFilter),
  ).action(
    cli.onRedis<RecordFilter & ListOptions>((session, options) =>
      printList(session, recordsOf(session, options), options, {
        noun: 'idempotency key',
        name: 'records',
        order: (a, b) => ageOf(b) - ageOf(a),
        columns,
        row: rowOf,
      }),
    ),
  );
}

function ageOf(record: ListedRecord): number {
  return record.state === 'unreadable' ? Number.MAX_VALUE : record.ageSeconds;
}

function rowOf(record: ListedRecord): Cell[] {
  const { key } = record;
  if (record.state === 'unreadable') return [key, stateCell(record.state)];
  const { state, attempt, ageSeconds, leaseSecondsLeft, ttlSecondsLeft, resultBytes } = record;
  return [
    key,
    stateCell(state),
    attemptCell(attempt),
    duration(ageSeconds),
    leaseSecondsLeft === undefined ? undefined : duration(leaseSecondsLeft),
    ttlCell(ttlSecondsLeft),
    resultBytes === undefined ? undefined : bytes(resultBytes),
  ];
}

export function stateCell(state: ListedRecord['state']): Cell {
  switch (state) {
    case 'in-progress':
      return { text: state, style: 'cyan' };
    case 'abandoned':
    case 'unreadable':
      return { text: state, style: 'red' };
    case 'completed-without-result':
      return { text: state, style: 'yellow' };
    default:
      return state;
  }
}

/** An attempt above the first tells that an owner died. */
export function attemptCell(attempt: number): Cell {
  return attempt > 1 ? { text: String(attempt), style: 'yellow' } : attempt;
}

/** A record always has an end, unless somebody else wrote it. */
export function ttlCell(ttlSecondsLeft: number): Cell {
  return ttlSecondsLeft < 0 ? undefined : duration(ttlSecondsLeft);
}
