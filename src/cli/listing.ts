import type { Command } from 'commander';
import { countOption } from './options.js';
import type { Cell, TableColumn } from './output/table.js';
import { count } from './output/units.js';
import type { Session } from './session.js';

/** Lists stop here unless told otherwise, so that a first look at a full server is a short one. */
const DEFAULT_LIMIT = 1000;

export interface ListOptions {
  readonly limit: number;
}

export function addLimit(command: Command): Command {
  return command.option('--limit <count>', 'show so many at most', countOption, DEFAULT_LIMIT);
}

/** What is listed, and how it is shown. */
interface Listing<T> {
  /** Of one thing, for people. */
  readonly noun: string;
  /** Of the list, in JSON. */
  readonly name: string;
  readonly order: (a: T, b: T) => number;
  readonly columns: readonly TableColumn[];
  readonly row: (item: T) => Cell[];
}

/** Prints what comes in batches, up to the limit. Says when there is more than that, or nothing. */
export async function printList<T>(
  { reporter }: Session,
  batches: AsyncIterable<readonly T[]>,
  { limit }: ListOptions,
  { noun, name, order, columns, row }: Listing<T>,
): Promise<undefined> {
  const found: T[] = [];
  for await (const batch of batches) {
    found.push(...batch);
    if (found.length > limit) break;
  }
  const truncated = found.length > limit;
  const items = found.slice(0, limit).sort(order);
  reporter.result({ [name]: items, truncated }, () =>
    items.length === 0 ? [] : reporter.table(columns, items.map(row)),
  );
  if (reporter.json) return;
  if (items.length === 0) reporter.note(`no ${noun} matches`);
  if (truncated) {
    reporter.note(`the first ${count(items.length, noun)} found; there are more: see --limit`);
  }
}
