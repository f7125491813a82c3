import type { Command } from 'commander';
import { inParts } from '../redis/in-parts.js';
import { CliError } from './cli-error.js';
import { confirm } from './confirm.js';
import { exitCodes } from './exit-codes.js';
import { count } from './output/units.js';
import type { Session } from './session.js';

export interface DeleteOptions {
  readonly yes?: boolean;
}

export function addYes(command: Command): Command {
  return command.option('-y, --yes', 'do not ask for a confirmation');
}

/** @throws {@link CliError} unless either keys or a filter say what to delete */
export function checkSelection(keys: readonly string[], filter: object, options: string): void {
  const hasFilter = Object.keys(filter).length > 0;
  if (keys.length > 0 && hasFilter) throw new CliError(`Give keys or ${options}, not both.`);
  if (keys.length === 0 && !hasFilter) {
    throw new CliError(`Say what to delete: keys, or ${options}.`);
  }
}

/**
 * Asks, deletes and reports.
 *
 * @param consequence what it means that they are gone, for the question
 */
export async function deleteKeys(
  { reporter, streams }: Session,
  {
    keys,
    noun,
    consequence,
    options,
    remove,
  }: {
    readonly keys: readonly string[];
    readonly noun: string;
    readonly consequence: string;
    readonly options: DeleteOptions;
    readonly remove: (key: string) => Promise<boolean>;
  },
): Promise<number> {
  if (keys.length > 0) {
    const examples = keys.slice(0, 3).map((key) => `"${key}"`);
    const all = [...examples, ...(keys.length > examples.length ? ['…'] : [])].join(', ');
    const question = `Delete ${count(keys.length, noun)} (${all})? ${consequence}`;
    if (!(await confirm(streams, question, options))) {
      reporter.note('Nothing was deleted.');
      return exitCodes.no;
    }
  }
  const wereThere = await inParts(keys, remove);
  const deleted = keys.filter((_, i) => wereThere[i]);
  const absent = keys.filter((_, i) => !wereThere[i]);
  reporter.result({ deleted, absent }, () => [`deleted ${count(deleted.length, noun)}`]);
  for (const key of absent.slice(0, 10)) reporter.note(`There was no "${key}".`);
  return deleted.length > 0 ? exitCodes.ok : exitCodes.no;
}
