import Table from 'cli-table3';
import { printable } from '../../errors/printable.js';
import type { Paint, Style } from './paint.js';

/** What stands in a table: text, or text with a style. */
export type Cell = string | number | undefined | { readonly text: string; readonly style: Style };

export interface TableColumn {
  readonly title: string;
  readonly alignRight?: boolean;
  /** Cuts what is longer. Default: as wide as its content. */
  readonly width?: number;
}

/** No frame: what stands in columns can be read, copied and cut by tools. */
const noFrame = Object.fromEntries(
  [
    ...['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left'],
    ...['bottom-right', 'left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid'],
  ].map((name) => [name, '']),
);

/** Rows under titles, as lines. What users named can neither break a line nor move the cursor. */
export function tableLines(
  columns: readonly TableColumn[],
  rows: readonly (readonly Cell[])[],
  paint: Paint,
): string[] {
  const table = new Table({
    chars: { ...noFrame, middle: '  ' },
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [], compact: true },
    colAligns: columns.map(({ alignRight }) => (alignRight ? 'right' : 'left')),
    colWidths: columns.map(({ width }) => width ?? null),
    head: columns.map(({ title }) => paint('dim', title)),
  });
  for (const row of rows) {
    table.push(row.map((cell, i) => cellText(cell, columns[i]?.width, paint)));
  }
  // It may cut an emoji in two.
  return table
    .toString()
    .toWellFormed()
    .split('\n')
    .map((line) => line.trimEnd());
}

function cellText(cell: Cell, width: number | undefined, paint: Paint): string {
  const text = printable(typeof cell === 'object' ? cell.text : String(cell ?? '–'));
  // The table cuts letter by letter, measuring each time: of a long text, most goes here.
  const start = width === undefined ? text : [...text].slice(0, 2 * width).join('');
  return typeof cell === 'object' ? paint(cell.style, start) : start;
}
