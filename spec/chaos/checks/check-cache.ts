import type { Circumstances } from '../circumstances.js';
import { AFTERWARDS } from '../workloads/workload.js';
import { type CacheCall, type CacheEntry, callsByKey } from './cache-history.js';
import { checkAbsent, checkExpiry, checkFailure, checkLoads, checkRead } from './cache-rules.js';
import { writesOf } from './cache-writes.js';
import { checkCodes } from './check-codes.js';
import type { Verdict } from './verdict.js';

export { LOAD_TTL_SECONDS } from './cache-rules.js';

/** Judges a history of a `Cache`. The keys must not have been used before it begins. */
export function checkCache(history: readonly CacheEntry[], circumstances: Circumstances): Verdict {
  const keys = [...callsByKey(history).values()];
  const all = keys.flat();
  const reads = all.filter(isRead);
  const coded = all.filter(({ code }) => !code?.startsWith('LOAD_FAILED'));
  return {
    breaches: [
      ...keys.flatMap((calls) => {
        const writes = writesOf(calls, circumstances);
        // The last call sets keys that were set when absent, too.
        const before = calls.filter(({ process }) => process !== AFTERWARDS);
        return [
          ...calls
            .filter(isRead)
            .flatMap((read) => [
              ...checkRead(read, calls, writes),
              ...checkExpiry(read, calls, circumstances),
            ]),
          ...checkLoads(calls, writes, circumstances),
          ...checkAbsent(before, circumstances),
          ...calls.flatMap(checkFailure),
        ];
      }),
      ...checkCodes(coded, ['QX_UNAVAILABLE']),
    ],
    judged: {
      calls: all.length,
      reads: reads.length,
      hits: reads.filter(({ answer }) => answer !== null).length,
      loads: all.filter(({ loadingAt }) => loadingAt !== undefined).length,
      'written when absent': all.filter(
        ({ operation, answer }) => operation === 'set when absent' && answer === true,
      ).length,
    },
  };
}

function isRead({ operation, answer }: CacheCall): boolean {
  return answer !== undefined && (operation === 'get' || operation.startsWith('load'));
}
