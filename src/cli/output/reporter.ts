import { inspect } from 'node:util';
import { printable } from '../../errors/printable.js';
import type { Streams } from '../streams.js';
import { jsonText } from './json.js';
import { type Paint, paintFor } from './paint.js';
import { type Cell, type TableColumn, tableLines } from './table.js';

/** What is printed: results on stdout, as text or as JSON, and words to the person on stderr. */
export class Reporter {
  readonly json: boolean;
  readonly paint: Paint;
  readonly #streams: Streams;

  constructor(streams: Streams, options: { json: boolean; color: boolean }) {
    this.#streams = streams;
    this.json = options.json;
    this.paint = paintFor(streams.stdout, options.color);
  }

  /** Prints a result: the data as JSON, or the lines that show it. */
  result(data: unknown, lines: () => readonly string[]): void {
    this.print(...(this.json ? [jsonText(data, 2)] : lines()));
  }

  /** Prints lines that are safe for a terminal. */
  print(...lines: readonly string[]): void {
    this.#streams.stdout.write(lines.map((line) => `${line}\n`).join(''));
  }

  /** Tells that there is no result: the data as JSON, or words to the person. */
  nothing(data: unknown, text: string): void {
    if (this.json) this.print(jsonText(data, 2));
    else this.note(text);
  }

  /** Tells the person something that is no part of the result. */
  note(text: string): void {
    const line = this.json ? jsonText({ note: text }) : printable(text);
    this.#streams.stderr.write(`${line}\n`);
  }

  table(columns: readonly TableColumn[], rows: readonly (readonly Cell[])[]): string[] {
    return tableLines(columns, rows, this.paint);
  }

  /** Names and values, one a line; those without a value are left out. */
  facts(facts: Readonly<Record<string, Cell>>): string[] {
    const rows = Object.entries(facts).filter(([, value]) => value !== undefined);
    const columns = [{ title: '' }, { title: '' }];
    const cells = rows.map(([name, value]) => [{ text: name, style: 'dim' } as const, value]);
    return this.table(columns, cells).slice(1);
  }

  /** A stored value, as Node shows it. */
  payload(value: unknown): string[] {
    const shown = inspect(value, { depth: null, maxArrayLength: null, maxStringLength: null });
    return shown.split('\n').map(printable);
  }
}
