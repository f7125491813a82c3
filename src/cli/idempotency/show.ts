import type { Command } from 'commander';
import { type IdempotencyRecord, IdempotencyStore } from '../../idempotency/index.js';
import type { Cli } from '../cli.js';
import { exitCodes } from '../cli-error.js';
import type { Cell } from '../output/table.js';
import { bytes, duration } from '../output/units.js';
import { attemptCell, stateCell, ttlCell } from './list.js';

/** `idempotency show KEY`: its facts, and its result only when asked for. */
export function addIdempotencyShow(parent: Command, cli: Cli): void {
  parent
    .command('show')
    .description('show what is known of an idempotency key')
    .argument('<key>', 'the key as the store knows it, such as CreateOrder:42')
    .option('--payload', 'show the stored result, too', false)
    .action(
      cli.onRedis<{ payload: boolean }, [string]>(async (session, options, key) => {
        const { redis, reporter } = session;
        const store = new IdempotencyStore(redis);
        const record = await store.inspect(key);
        if (record === undefined) {
          reporter.nothing({ found: false, key }, `There is no idempotency key "${key}".`);
          return exitCodes.no;
        }
        const hasPayload = options.payload && record.state === 'completed';
        const payload = hasPayload ? await store.get(key) : undefined;
        reporter.result({ found: true, ...record, ...(hasPayload && { payload }) }, () => [
          ...reporter.facts(factsOf(record)),
          ...(hasPayload ? ['', ...reporter.payload(payload)] : []),
        ]);
        if (options.payload && !hasPayload) reporter.note('There is no stored result.');
        return undefined;
      }),
    );
}

function factsOf(record: IdempotencyRecord): Record<string, Cell> {
  const { leaseSecondsLeft, resultBytes, steps } = record;
  return {
    key: record.key,
    state: stateCell(record.state),
    attempt: attemptCell(record.attempt),
    token: record.token,
    fingerprint: record.fingerprint,
    version: record.version,
    'finished steps': steps?.join(', '),
    age: duration(record.ageSeconds),
    'lease left': leaseSecondsLeft === undefined ? undefined : duration(leaseSecondsLeft),
    'TTL left': ttlCell(record.ttlSecondsLeft),
    'result size': resultBytes === undefined ? undefined : bytes(resultBytes),
  };
}
