import type { Command } from 'commander';
import { Cache } from '../../cache/index.js';
import type { Cli } from '../cli.js';
import { deleteKeys } from '../delete-keys.js';
import { addOptions, addYes, type YesOption } from '../options.js';
import { type EntryFilter, entriesOf, entryFilter, lookAtEntry, passes } from './entries.js';

/** `cache delete KEY…`, or all that a filter lets pass. */
export function addCacheDelete(parent: Command, cli: Cli): void {
  addYes(addOptions(parent.command('delete').description('delete cached values'), entryFilter))
    .argument('[keys...]', 'the keys')
    .action(
      cli.onRedis<EntryFilter & YesOption, [string[]]>((session, options, given) => {
        const cache = new Cache(session.redis);
        return deleteKeys(session, options, {
          given,
          filterOptions: entryFilter,
          find: () => entriesOf(session, options),
          look: (key) => lookAtEntry(session, key),
          passes: (entry) => passes(entry, options),
          noun: 'cached value',
          consequence: 'The next callers load them anew.',
          remove: async (key) => {
            // A stale copy alone, or a load, is also something that was there.
            const entry = await lookAtEntry(session, key);
            return (await cache.delete(key)) === 1 || entry !== undefined;
          },
        });
      }),
    );
}
