import type { Command } from 'commander';
import { Cache } from '../../cache/index.js';
import type { Cli } from '../cli.js';
import { exitCodes } from '../cli-error.js';
import { bytes, duration } from '../output/units.js';
import { lookAtEntry } from './entries.js';
import { entryStateCell, ttlCell } from './list.js';

/** `cache show KEY`: its facts, and the value only when asked for. */
export function addCacheShow(parent: Command, cli: Cli): void {
  parent
    .command('show')
    .description('show what is known of a cached value')
    .argument('<key>', 'the key')
    .option('--payload', 'show the value, too', false)
    .action(
      cli.onRedis<{ payload: boolean }, [string]>(async (session, options, key) => {
        const { redis, reporter } = session;
        const entry = await lookAtEntry(session, key);
        if (entry === undefined) {
          reporter.nothing({ found: false, key }, `There is no cached value "${key}".`);
          return exitCodes.no;
        }
        const hasPayload = options.payload && entry.state === 'fresh';
        const payload = hasPayload ? await new Cache(redis).get(key) : undefined;
        const { staleSecondsLeft, bytes: size } = entry;
        reporter.result({ found: true, ...entry, ...(hasPayload && { payload }) }, () => [
          ...reporter.facts({
            key,
            state: entryStateCell(entry),
            'TTL left': ttlCell(entry),
            'stale copy left':
              staleSecondsLeft === undefined ? undefined : duration(staleSecondsLeft),
            size: size === undefined ? undefined : bytes(size),
          }),
          ...(hasPayload ? ['', ...reporter.payload(payload)] : []),
        ]);
        if (options.payload && !hasPayload) reporter.note('There is no fresh value.');
        return undefined;
      }),
    );
}
