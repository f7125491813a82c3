import type { Command } from 'commander';
import { Cache } from '../../cache/index.js';
import { definedOnly } from '../../settings/override.js';
import type { Cli } from '../cli.js';
import { deleteKeys } from '../delete-keys.js';
import { addYes, type YesOption } from '../options.js';
import { addEntryFilter, type EntryFilter, entriesOf, lookAtEntry, passes } from './entries.js';

/** `cache delete KEY…`, or all that a filter lets pass. */
export function addCacheDelete(parent: Command, cli: Cli): void {
  addYes(addEntryFilter(parent.command('delete').description('delete cached values')))
    .argument('[keys...]', 'the keys')
    .action(
      cli.onRedis<EntryFilter & YesOption, [string[]]>((session, options, given) => {
        const { prefix, state, expiresWithin, endless } = options;
        const filter = definedOnly({ prefix, state, expiresWithin, endless }) as EntryFilter;
        const cache = new Cache(session.redis);
        return deleteKeys(session, options, {
          given,
          filter,
          filterOptions: '--prefix, --state, --expires-within, --endless',
          find: () => entriesOf(session, filter),
          isStillMeant: async (key) => {
            const entry = await lookAtEntry(session, key);
            return entry !== undefined && passes(entry, filter);
          },
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
