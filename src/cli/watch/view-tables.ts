import { attemptCell, stateCell } from '../idempotency/list.js';
import { lockRow } from '../locks/list.js';
import type { Paint } from '../output/paint.js';
import { type Cell, type TableColumn, tableLines } from '../output/table.js';
import { duration } from '../output/units.js';
import type { Snapshot } from './watcher.js';

/** A column with a width, or with a share of what the others and the gaps leave. */
interface ViewColumn extends TableColumn {
  readonly share?: number;
  /** Left out where there is less room. */
  readonly from?: number;
}

const claimColumns: readonly ViewColumn[] = [
  { title: 'CLAIM', share: 1 },
  { title: 'STATE', width: 11 },
  { title: 'ATTEMPT', width: 7, alignRight: true, from: 80 },
  { title: 'AGE', width: 8, alignRight: true, from: 40 },
  { title: 'LEASE', width: 8, alignRight: true, from: 50 },
];

const lockColumns: readonly ViewColumn[] = [
  { title: 'LOCK', share: 3 },
  { title: 'KIND', width: 10, from: 100 },
  { title: 'HOLDER', share: 2, from: 60 },
  { title: 'HELD', width: 7, alignRight: true, from: 40 },
  { title: 'LEASE', width: 7, alignRight: true, from: 80 },
  { title: 'WAITING', width: 7, alignRight: true },
  { title: 'LONGEST', width: 7, alignRight: true, from: 90 },
];

/** Claims and locks, in as many lines as there are; each gets half, or what the other does not need. */
export function viewTables(
  { claims, locks }: Snapshot,
  { columns, rows }: { readonly columns: number; readonly rows: number },
  paint: Paint,
): string[] {
  /** One line of titles, one for each item, and one that tells how many are left out. */
  function table<T>(
    titles: readonly ViewColumn[],
    items: readonly T[],
    row: (item: T) => Cell[],
    space: number,
  ) {
    const shown = items.length < space ? items.length : Math.max(0, space - 2);
    const lines = fitted(titles, items.slice(0, shown).map(row), columns, paint);
    return shown < items.length ? [...lines, `… ${items.length - shown} more`] : lines;
  }
  const space = rows - 1;
  const claimSpace = Math.max(2, Math.floor(space / 2), space - Math.max(1, locks.length + 1));
  const claimLines =
    claims.length === 0
      ? [paint('dim', 'no claim in progress')]
      : table(claimColumns, claims, claimRow, claimSpace);
  const lockLines =
    locks.length === 0
      ? [paint('dim', 'no lock held')]
      : table(lockColumns, locks, lockRow, space - claimLines.length);
  return [...claimLines, '', ...lockLines];
}

function claimRow(claim: Snapshot['claims'][number]): Cell[] {
  const { key, state, attempt, ageSeconds, leaseSecondsLeft: left } = claim;
  const lease = left === undefined ? undefined : duration(left);
  return [key, stateCell(state), attemptCell(attempt), duration(ageSeconds), lease];
}

/** The columns that there is room for. */
function fitted(
  all: readonly ViewColumn[],
  rows: readonly Cell[][],
  room: number,
  paint: Paint,
): string[] {
  const isShown = all.map(({ from = 0 }) => from <= room);
  const columns = all.filter((_, i) => isShown[i]);
  const sum = (name: 'width' | 'share') =>
    columns.reduce((total, column) => total + (column[name] ?? 0), 0);
  const left = room - 2 * (columns.length - 1) - sum('width');
  const sized = columns.map(({ share = 0, ...column }) => ({
    width: Math.max(8, Math.floor((left * share) / sum('share'))),
    ...column,
  }));
  const cells = rows.map((row) => row.filter((_, i) => isShown[i]));
  return tableLines(sized, cells, paint);
}
