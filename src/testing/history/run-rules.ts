import {
  endOf,
  entriesOf,
  type HistoryFacts,
  type HistoryRun,
  isCompleted,
  isLost,
} from './history-facts.js';
import type {
  CheckSettings,
  IdempotencyHistoryRule,
  IdempotencyHistoryViolation,
} from './violation.js';

/** Two runs of a key in the order of their claims; Redis forgot nothing between them. */
interface Pair {
  readonly key: string;
  readonly first: HistoryRun;
  readonly second: HistoryRun;
  /** Whether no other run came between them. */
  readonly isNext: boolean;
}

/** What is wrong with the runs of a key among themselves. */
export function checkRuns(
  key: string,
  facts: HistoryFacts,
  { leaseSeconds }: CheckSettings,
): IdempotencyHistoryViolation[] {
  const runs = facts.runs(key);
  const pairs = runs.flatMap((second, i) =>
    runs
      .slice(0, i)
      .map((first, j): Pair => ({ key, first, second, isNext: j === i - 1 }))
      .filter(({ first }) => !facts.isForgotten(key, askedAt(first), second.started.at)),
  );
  return [
    ...runs.flatMap((run) => checkClaim(key, run)),
    ...pairs.flatMap((pair) => [
      ...checkOnce(pair, facts),
      ...checkTokens(pair),
      ...checkAttempts(pair, facts),
      ...checkOverlap(pair, facts),
      ...checkEarly(pair, leaseSeconds),
    ]),
  ];
}

function checkClaim(key: string, run: HistoryRun): IdempotencyHistoryViolation[] {
  const { attempt, token } = run.started;
  const isCount = (n: number) => Number.isSafeInteger(n) && n > 0;
  if (isCount(attempt) && isCount(token)) return [];
  const message = `${nameOf(run)} of "${key}" has no claim: attempt and token are whole numbers.`;
  return [{ rule: 'claim', key, message, entries: entriesOf(run) }];
}

/** A stored result ends all: an owner that was replaced can't store, and nobody runs after it. */
function checkOnce(pair: Pair, facts: HistoryFacts): IdempotencyHistoryViolation[] {
  const { key, first, second } = pair;
  if (!isCompleted(first)) return [];
  const isReplaced = second.started.at < (first.ended?.at ?? 0);
  // Redis may have forgotten the successor, too, before the first came to store.
  if (isReplaced && facts.isForgotten(key, second.started.at, first.answered?.at ?? 0)) return [];
  return isReplaced
    ? [violation('once', pair, 'was replaced by', 'and stored its result all the same')]
    : [violation('once', pair, 'stored its result, yet it was followed by')];
}

function checkTokens(pair: Pair): IdempotencyHistoryViolation[] {
  if (pair.first.started.token !== pair.second.started.token) return [];
  return [violation('claim', pair, 'shares its claim (one token) with')];
}

/** One that died or was replaced leaves its attempt behind; one that gave up does not. */
function checkAttempts(pair: Pair, facts: HistoryFacts): IdempotencyHistoryViolation[] {
  const { first, second, isNext } = pair;
  const gaveUp = first.ended?.outcome === 'threw' && !isLost(first);
  const isOver = gaveUp || isCompleted(first) || first.answered?.unrecorded;
  if (!isNext || isOver || second.started.attempt > first.started.attempt) return [];
  if (mayHaveBeenGivenBack(pair, facts)) return [];
  return [violation('claim', pair, 'did not give up, yet the attempt does not grow in')];
}

/** A caller that was granted the key too late for it gives it back, and attempts start anew. */
function mayHaveBeenGivenBack({ key, first, second }: Pair, facts: HistoryFacts): boolean {
  return facts.calls(key).some(({ called, started, answered }) => {
    if (started || !called || answered?.code === undefined) return false;
    return called.at <= second.started.at && answered.at >= first.started.at;
  });
}

function checkOverlap(pair: Pair, facts: HistoryFacts): IdempotencyHistoryViolation[] {
  const { first, second } = pair;
  const isOverBefore = endOf(facts, first) <= second.started.at;
  // One that stood still from before its successor started is excused, whenever it wakes up.
  const wasAbsent = facts.absences(first.process, askedAt(first), second.started.at).length > 0;
  if (isOverBefore || isLost(first) || wasAbsent) return [];
  return [violation('overlap', pair, 'was alive and not over when it was followed by')];
}

/** A lease starts no earlier than its owner asked for it. */
function checkEarly(pair: Pair, leaseSeconds: number): IdempotencyHistoryViolation[] {
  const { first, second } = pair;
  const isOver = (first.ended?.at ?? Number.POSITIVE_INFINITY) <= second.started.at;
  const couldEnd = second.started.at >= askedAt(first) + leaseSeconds;
  if (isOver || couldEnd) return [];
  return [
    violation('too-early', pair, `had its lease of ${leaseSeconds} s when it was followed by`),
  ];
}

function askedAt({ called, started }: HistoryRun): number {
  return called?.at ?? started.at;
}

function nameOf({ process, started: { attempt, token } }: HistoryRun): string {
  return `The run of ${process} (attempt ${attempt}, token ${token})`;
}

function violation(
  rule: IdempotencyHistoryRule,
  { key, first, second }: Pair,
  relation: string,
  rest = '',
): IdempotencyHistoryViolation {
  const { process, started } = second;
  const other = `that of ${process} (attempt ${started.attempt}, token ${started.token})`;
  const message = `${nameOf(first)} of "${key}" ${relation} ${other}${rest && ` ${rest}`}.`;
  return { rule, key, message, entries: entriesOf(first, second) };
}
