import type { Command } from 'commander';
import { countOption } from './option-parsers.js';
import type { Reporter } from './output/reporter.js';
import { count } from './output/units.js';
import type { Taken } from './scan/take-up-to.js';

/** Lists stop here unless told otherwise, so that a first look at a full server is a short one. */
const DEFAULT_LIMIT = 1000;

export interface ListOptions {
  readonly limit: number;
}

export function addLimit(command: Command): Command {
  return command.option('--limit <count>', 'show so many at most', countOption, DEFAULT_LIMIT);
}

/** Says when there is more than was shown, or nothing. */
export function noteListed<T>(reporter: Reporter, { items, isTruncated }: Taken<T>, noun: string) {
  if (reporter.json) return;
  if (items.length === 0) reporter.note(`no ${noun} matches`);
  if (isTruncated) {
    reporter.note(`the first ${count(items.length, noun)} found; there are more: see --limit`);
  }
}
