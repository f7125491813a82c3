import { HistoryFacts } from '../../../src/testing/history/history-facts.js';
import {
  checkIdempotencyHistory,
  type IdempotencyHistoryEntry,
} from '../../../src/testing/index.js';
import type { Circumstances } from '../circumstances.js';
import { LEASE_SECONDS } from '../workloads/workload.js';
import { checkCodes } from './check-codes.js';
import type { Breach, Verdict } from './verdict.js';

interface Expected {
  /** A take-over needs a look at Redis, by a process that may be busy, over connections that break. */
  readonly takeoverSlackSeconds?: number;
  /** Of errors that come beside those of the store, while there are faults. */
  readonly codes?: readonly string[];
}

/** Whether a key is one whose work must not run again after a crash. */
export function isNeverKey(key: string): boolean {
  return key.startsWith('never-');
}

/** Judges a history of `IdempotencyStore.run`. */
export function checkIdempotency(
  history: readonly IdempotencyHistoryEntry[],
  circumstances: Circumstances,
  { takeoverSlackSeconds = 3, codes = [] }: Expected = {},
): Verdict {
  const entries = [...history, ...circumstances.toHistory()];
  const facts = new HistoryFacts(entries);
  const settings = { leaseSeconds: LEASE_SECONDS, takeoverSlackSeconds };
  const calls = [...facts.keys()].flatMap((key) =>
    facts.calls(key).map((call) => ({ ...call, key, code: call.answered?.code })),
  );
  const runs = calls.filter(({ started }) => started);
  const breaches: Breach[] = [
    ...checkIdempotencyHistory(entries, settings).map(({ rule, message }) => ({ rule, message })),
    ...[...facts.keys()].filter(isNeverKey).flatMap((key) => checkNever(key, facts)),
    ...checkCodes(
      calls.filter(({ key }) => !isNeverKey(key)),
      [
        'QX_UNAVAILABLE',
        'QX_IDEMPOTENCY_CLAIM_LOST',
        'QX_IDEMPOTENCY_IN_PROGRESS',
        'DECLINED',
        ...codes,
      ],
    ),
  ];
  const judged = {
    calls: calls.length,
    runs: runs.length,
    replays: calls.filter(({ answered }) => answered?.replayed).length,
    'take-overs': runs.filter(({ started }) => (started?.attempt ?? 0) > 1).length,
  };
  return { breaches, judged };
}

/** With `takeover: 'never'` nothing follows a run, save one that gave up. */
function checkNever(key: string, facts: HistoryFacts): Breach[] {
  return facts.runs(key).flatMap((second, i, runs) => {
    const first = runs[i - 1];
    if (!first || first.ended?.outcome === 'threw') return [];
    if (facts.isForgotten(key, first.called?.at ?? 0, second.started.at)) return [];
    const message = `The run of ${first.process} of "${key}", which is never taken over, was followed by that of ${second.process}.`;
    return [{ rule: 'never', message }];
  });
}
