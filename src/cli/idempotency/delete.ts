import type { Command } from 'commander';
import { IdempotencyStore } from '../../idempotency/index.js';
import type { Cli } from '../cli.js';
import { deleteKeys } from '../delete-keys.js';
import { addOptions, addYes, type YesOption } from '../options.js';
import { lookAtRecord, passes, type RecordFilter, recordFilter, recordsOf } from './records.js';

/** `idempotency delete KEY…`, or all that a filter lets pass. */
export function addIdempotencyDelete(parent: Command, cli: Cli): void {
  addYes(addOptions(parent.command('delete').description('delete idempotency keys'), recordFilter))
    .argument('[keys...]', 'the keys as the store knows them')
    .action(
      cli.onRedis<RecordFilter & YesOption, [string[]]>((session, options, given) => {
        const store = new IdempotencyStore(session.redis);
        return deleteKeys(session, options, {
          given,
          filterOptions: recordFilter,
          find: () => recordsOf(session, options),
          look: (key) => lookAtRecord(store, key),
          passes: (record) => passes(record, options),
          noun: 'idempotency key',
          consequence:
            'What they stand for can then run again; an owner in progress loses its claim.',
          remove: (key) => store.delete(key),
        });
      }),
    );
}
