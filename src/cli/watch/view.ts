import { printable } from '../../errors/printable.js';
import { attemptCell, stateCell } from '../idempotency/list.js';
import { lockRow } from '../locks/list.js';
import type { Paint } from '../output/paint.js';
import { type Cell, type TableColumn, tableLines } from '../output/table.js';
import { duration } from '../output/units.js';
import type { Snapshot } from './watcher.js';

/** What the screen shows. */
export interface View {
  /** What is watched: the URL without its password, and the namespace. */
  readonly title: string;
  /** The last look that went well. */
  readonly snapshot: Snapshot | undefined;
  /** Why there is no newer one. */
  readonly problem: string | undefined;
}

interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** The lines of the whole screen: never more than fit, and the last tells how to leave. */
export function screenLines(view: View, { columns, rows }: Size, paint: Paint): string[] {
  const lines = viewLines(view, { columns, rows: rows - 1 }, paint);
  return [...lines.slice(0, Math.max(0, rows - 1)), paint('dim', 'q quits')];
}

/** What is known, in tables that are cut to the size. */
export function viewLines(
  { snapshot, problem, title }: View,
  { columns, rows }: Size,
  paint: Paint,
): string[] {
  const clock = snapshot ? ` ${snapshot.at.slice(11, 19)} UTC` : '';
  const header = [
    `${paint('bold', 'qx-cache')} ${printable(title)}${paint('dim', clock)}`,
    ...(snapshot ? [summary(snapshot, paint), freshness(snapshot, paint)] : ['looking…']),
    ...(problem === undefined ? [] : [paint('red', problem)]),
  ];
  // An empty line before each table.
  const space = rows - header.length - 2;
  return [...header, ...(snapshot ? ['', ...bodyLines(snapshot, columns, space, paint)] : [])];
}

function summary({ claims, locks, rates, hasMore }: Snapshot, paint: Paint): string {
  const abandoned = claims.filter(({ state }) => state === 'abandoned').length;
  const held = locks.filter(({ holders }) => holders.length > 0).length;
  const waiting = locks.reduce((sum, { queue }) => sum + queue.length, 0);
  const number = (value: number | string) => paint('bold', String(value));
  const more = hasMore ? ' or more' : '';
  return [
    `claims ${number(claims.length)}${more}${abandoned > 0 ? paint('red', ` (${abandoned} abandoned)`) : ''}`,
    `locks held ${number(held)}${more}`,
    `waiting ${number(waiting)}`,
    `scripts/s ${number(rates?.scriptsPerSecond ?? '–')}`,
    `replays/s ${number(rates ? `≤ ${rates.replaysPerSecondAtMost}` : '–')}`,
  ].join('   ');
}

function freshness({ roundSeconds }: Snapshot, paint: Paint): string {
  if (roundSeconds === undefined) return paint('yellow', 'still going through the keys');
  return paint('dim', `what is new shows within ${duration(Math.max(1, roundSeconds))}`);
}

function bodyLines(snapshot: Snapshot, columns: number, space: number, paint: Paint): string[] {
  const { claims, locks } = snapshot;
  // Each table has a line of titles; what one does not need, the other gets.
  const half = Math.max(2, Math.floor(space / 2));
  const claimSpace = Math.max(half, space - Math.max(2, locks.length + 1));
  const claimLines = cut(
    claimTable(snapshot, columns, claimSpace, paint),
    claims.length,
    claimSpace,
  );
  const lockSpace = space - claimLines.length;
  const lockLines = cut(lockTable(snapshot, columns, lockSpace, paint), locks.length, lockSpace);
  return [...claimLines, '', ...lockLines];
}

/** @param total how many rows there are, of which the lines may show some */
function cut(lines: readonly string[], total: number, space: number): string[] {
  if (total + 1 <= space) return [...lines];
  const shown = Math.max(0, space - 2);
  return [...lines.slice(0, shown + 1), `… ${total - shown} more`];
}

function claimTable({ claims }: Snapshot, columns: number, space: number, paint: Paint): string[] {
  if (claims.length === 0) return [paint('dim', 'no claim in progress')];
  const fixed: TableColumn[] = [
    { title: 'STATE', width: 11 },
    { title: 'ATTEMPT', width: 7, alignRight: true },
    { title: 'AGE', width: 8, alignRight: true },
    { title: 'LEASE', width: 8, alignRight: true },
  ];
  const [width = 10] = shares(columns, fixed, [1]);
  const rows = claims.slice(0, Math.max(1, space)).map((record): Cell[] => {
    const { key, state, attempt, ageSeconds, leaseSecondsLeft: left } = record;
    const lease = left === undefined ? undefined : duration(left);
    return [key, stateCell(state), attemptCell(attempt), duration(ageSeconds), lease];
  });
  return tableLines([{ title: 'CLAIM', width }, ...fixed], rows, paint);
}

function lockTable({ locks }: Snapshot, columns: number, space: number, paint: Paint): string[] {
  if (locks.length === 0) return [paint('dim', 'no lock held')];
  const kind = { title: 'KIND', width: 10 };
  const fixed: TableColumn[] = [
    { title: 'HELD', width: 7, alignRight: true },
    { title: 'LEASE', width: 7, alignRight: true },
    { title: 'WAITING', width: 7, alignRight: true },
    { title: 'LONGEST', width: 7, alignRight: true },
  ];
  const [name = 10, holder = 10] = shares(columns, [kind, ...fixed], [0.6, 0.4]);
  const titles = [{ title: 'LOCK', width: name }, kind, { title: 'HOLDER', width: holder }];
  const rows = locks.slice(0, Math.max(1, space)).map(lockRow);
  return tableLines([...titles, ...fixed], rows, paint);
}

/** The widths of the columns that share what the fixed ones and the gaps leave. */
function shares(
  columns: number,
  fixed: readonly TableColumn[],
  parts: readonly number[],
): number[] {
  const gaps = 2 * (fixed.length + parts.length - 1);
  const left = columns - gaps - fixed.reduce((sum, { width = 0 }) => sum + width, 0);
  return parts.map((part) => Math.max(8, Math.floor(left * part)));
}
