import type { Command } from 'commander';
import { IdempotencyStore } from '../../idempotency/index.js';
import { definedOnly } from '../../settings/override.js';
import type { Cli } from '../cli.js';
import { deleteKeys } from '../delete-keys.js';
import { addYes, type YesOption } from '../options.js';
import { addRecordFilter, lookAtRecord, passes, type RecordFilter, recordsOf } from './records.js';

/** `idempotency delete KEY…`, or all that a filter lets pass. */
export function addIdempotencyDelete(parent: Command, cli: Cli): void {
  addYes(addRecordFilter(parent.command('delete').description('delete idempotency keys')))
    .argument('[keys...]', 'the keys as the store knows them')
    .action(
      cli.onRedis<RecordFilter & YesOption, [string[]]>((session, options, given) => {
        const { prefix, state, olderThan, youngerThan } = options;
        const filter = definedOnly({ prefix, state, olderThan, youngerThan }) as RecordFilter;
        const store = new IdempotencyStore(session.redis);
        return deleteKeys(session, options, {
          given,
          filter,
          filterOptions: '--prefix, --state, --older-than, --younger-than',
          find: () => recordsOf(session, filter),
          isStillMeant: async (key) => {
            const record = await lookAtRecord(store, key);
            return record !== undefined && passes(record, filter);
          },
          noun: 'idempotency key',
          consequence:
            'What they stand for can then run again; an owner in progress loses its claim.',
          remove: (key) => store.delete(key),
        });
      }),
    );
}
