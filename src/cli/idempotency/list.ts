import type { Command } from 'commander';
import type { Cli } from '../cli.js';
import { addLimit, type ListOptions, noteListed } from '../list-options.js';
import { takeUpTo } from '../scan/take-up-to.js';
import { recordColumns, recordRow } from './record-view.js';
import { addRecordFilter, type ListedRecord, type RecordFilter, recordsOf } from './records.js';

/** `idempotency list`: the longest in their state first. */
export function addIdempotencyList(parent: Command, cli: Cli): void {
  addLimit(addRecordFilter(parent.command('list').description('list idempotency keys'))).action(
    cli.onRedis<RecordFilter & ListOptions>(async (session, options) => {
      const { reporter } = session;
      const taken = await takeUpTo(recordsOf(session, options), options.limit);
      const records = taken.items.sort((a, b) => ageOf(b) - ageOf(a));
      const data = { records, truncated: taken.isTruncated };
      reporter.result(data, () =>
        records.length === 0 ? [] : reporter.table(recordColumns, records.map(recordRow)),
      );
      noteListed(reporter, taken, 'idempotency key');
      return undefined;
    }),
  );
}

function ageOf(record: ListedRecord): number {
  return record.state === 'unreadable' ? Infinity : record.ageSeconds;
}
