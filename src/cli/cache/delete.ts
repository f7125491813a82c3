import type { Command } from 'commander';
import { Cache } from '../../cache/index.js';
import { definedOnly } from '../../settings/override.js';
import type { Cli } from '../cli.js';
import { addYes, checkSelection, type DeleteOptions, deleteKeys } from '../delete-options.js';
import { addEntryFilter, type EntryFilter, entriesOf, lookAtEntry } from './entries.js';

/** `cache delete KEY…`, or all that a filter lets pass. */
export function addCacheDelete(parent: Command, cli: Cli): void {
  addYes(addEntryFilter(parent.command('delete').description('delete cached values')))
    .argument('[keys...]', 'the keys')
    .action(
      cli.onRedis<EntryFilter & DeleteOptions, [string[]]>(async (session, options, given) => {
        const { prefix, state, expiresWithin, endless } = options;
        const filter = definedOnly({ prefix, state, expiresWithin, endless }) as EntryFilter;
        checkSelection(given, filter, '--prefix, --state, --expires-within, --endless');
        const keys = [...new Set(given)];
        if (keys.length === 0) {
          for await (const entries of entriesOf(session, filter)) {
            keys.push(...entries.map(({ key }) => key));
          }
        }
        const cache = new Cache(session.redis);
        return deleteKeys(session, {
          keys,
          noun: 'cached value',
          consequence: 'The next callers load them anew.',
          options,
          remove: async (key) => {
            // A stale copy alone, or a load, is also something that was there.
            const entry = await lookAtEntry(session, key);
            return (await cache.delete(key)) === 1 || entry !== undefined;
          },
        });
      }),
    );
}
