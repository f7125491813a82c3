import { checkAnswers } from './answer-rules.js';
import type { IdempotencyHistoryEntry } from './history-entry.js';
import { HistoryFacts } from './history-facts.js';
import { checkRuns } from './run-rules.js';
import { checkTakeovers } from './takeover-rule.js';
import type { IdempotencyHistoryViolation } from './violation.js';

/**
 * Checks a history of all processes for what an `IdempotencyStore` promises: one run whose result is
 * stored, its replay to all others, take-over from the dead and from nobody else. It judges what was
 * seen from outside and asks no Redis.
 *
 * The keys must not have been used before the history begins, nor outlive their TTL in it. What was
 * deleted, set, or run again for another `version` needs an entry `forgotten`.
 *
 * @param options `leaseSeconds`: of all runs; `takeoverSlackSeconds` (default 0.5): how much later
 *   than its end one who waits may get a dead owner's claim
 * @returns what is wrong; empty when nothing is
 * @example
 * expect(checkIdempotencyHistory(entries, { leaseSeconds: 1 })).to.deep.equal([]);
 */
export function checkIdempotencyHistory(
  entries: readonly IdempotencyHistoryEntry[],
  options: { leaseSeconds: number; takeoverSlackSeconds?: number | undefined },
): IdempotencyHistoryViolation[] {
  const { leaseSeconds, takeoverSlackSeconds = 0.5 } = options;
  const settings = { leaseSeconds, takeoverSlackSeconds };
  const facts = new HistoryFacts(entries);
  return [...facts.keys()].flatMap((key) => [
    ...checkRuns(key, facts, settings),
    ...checkAnswers(key, facts),
    ...checkTakeovers(key, facts, settings),
  ]);
}
