import type { Option } from 'commander';
import { inParts } from '../redis/in-parts.js';
import { CliError, exitCodes } from './cli-error.js';
import { confirm } from './confirm.js';
import type { YesOption } from './options.js';
import { count } from './output/units.js';
import type { Session } from './session.js';

/** What to delete, and how. */
interface Deletion<Item extends { readonly key: string }> {
  /** Keys by name. */
  readonly given: readonly string[];
  /** What makes the filter, if it is given; not so for keys by name. */
  readonly filterOptions: readonly Option[];
  /** What the filter finds. */
  readonly find: () => AsyncIterable<readonly Item[]>;
  /** What there is for a key. */
  readonly look: (key: string) => Promise<Item | undefined>;
  /** Whether the filter lets it pass. */
  readonly passes: (item: Item) => boolean;
  readonly noun: string;
  /** What it means that they are gone, for the question. */
  readonly consequence: string;
  /** @returns whether it was there */
  readonly remove: (key: string) => Promise<boolean>;
}

/**
 * Asks, deletes and reports.
 *
 * @throws {@link CliError} unless either keys or a filter say what to delete
 */
export async function deleteKeys<Item extends { readonly key: string }>(
  { reporter, streams }: Session,
  options: YesOption,
  { given, filterOptions, find, look, passes, noun, consequence, remove }: Deletion<Item>,
): Promise<number> {
  const values: Readonly<Record<string, unknown>> = { ...options };
  const hasFilter = filterOptions.some((one) => values[one.attributeName()] !== undefined);
  if (given.length > 0 === hasFilter) {
    const names = filterOptions.map(({ long }) => long).join(', ');
    throw new CliError(`Say what to delete: either keys, or ${names}.`);
  }
  const keys = [...new Set(given)];
  if (hasFilter) for await (const items of find()) keys.push(...items.map(({ key }) => key));
  if (keys.length > 0) {
    const examples = keys.slice(0, 3).map((key) => `"${key}"`);
    const all = [...examples, ...(keys.length > examples.length ? ['…'] : [])].join(', ');
    const question = `Delete ${count(keys.length, noun)} (${all})? ${consequence}`;
    if (!(await confirm(streams, question, options))) {
      reporter.nothing({ deleted: [], absent: [] }, 'Nothing was deleted.');
      return exitCodes.no;
    }
  }
  // While the person thought about it, a key may have changed: then it was not meant.
  const isStillMeant = async (key: string) => {
    const item = await look(key);
    return item !== undefined && passes(item);
  };
  const wereThere = await inParts(
    keys,
    async (key) => (!hasFilter || (await isStillMeant(key))) && remove(key),
  );
  const deleted = keys.filter((_, i) => wereThere[i]);
  const absent = keys.filter((_, i) => !wereThere[i]);
  reporter.result({ deleted, absent }, () => [`deleted ${count(deleted.length, noun)}`]);
  if (reporter.json) return deleted.length > 0 ? exitCodes.ok : exitCodes.no;
  for (const key of absent.slice(0, 10)) {
    reporter.note(hasFilter ? `"${key}" is no longer so.` : `There was no "${key}".`);
  }
  return deleted.length > 0 ? exitCodes.ok : exitCodes.no;
}
