import type { Command } from 'commander';
import { IdempotencyStore } from '../../idempotency/index.js';
import { definedOnly } from '../../settings/override.js';
import type { Cli } from '../cli.js';
import { addYes, checkSelection, type DeleteOptions, deleteKeys } from '../delete-options.js';
import { addRecordFilter, type RecordFilter, recordsOf } from './records.js';

/** `idempotency delete KEY…`, or all that a filter lets pass. */
export function addIdempotencyDelete(parent: Command, cli: Cli): void {
  addYes(addRecordFilter(parent.command('delete').description('delete idempotency keys')))
    .argument('[keys...]', 'the keys as the store knows them')
    .action(
      cli.onRedis<RecordFilter & DeleteOptions, [string[]]>(async (session, options, given) => {
        const { prefix, state, olderThan, youngerThan } = options;
        const filter = definedOnly({ prefix, state, olderThan, youngerThan }) as RecordFilter;
        checkSelection(given, filter, '--prefix, --state, --older-than, --younger-than');
        const keys = [...new Set(given)];
        if (keys.length === 0) {
          for await (const records of recordsOf(session, filter)) {
            keys.push(...records.map(({ key }) => key));
          }
        }
        const store = new IdempotencyStore(session.redis);
        return deleteKeys(session, {
          keys,
          noun: 'idempotency key',
          consequence:
            'What they stand for can then run again; an owner in progress loses its claim.',
          options,
          remove: (key) => store.delete(key),
        });
      }),
    );
}
