import type { AnswerEntry } from './history-entry.js';
import {
  entriesOf,
  type HistoryCall,
  type HistoryFacts,
  isCompleted,
  isLost,
  isMaybeCompleted,
} from './history-facts.js';
import type { IdempotencyHistoryRule, IdempotencyHistoryViolation } from './violation.js';

/** A call that got a value. */
type Answered = HistoryCall & { readonly answered: AnswerEntry };

/** What is wrong with the values that callers of a key got. */
export function checkAnswers(key: string, facts: HistoryFacts): IdempotencyHistoryViolation[] {
  const calls = facts
    .calls(key)
    .filter((call): call is Answered => call.answered !== undefined && !call.answered.code);
  const replays = calls.filter(({ answered }) => answered.replayed);
  return [
    ...calls.filter(({ answered }) => !answered.replayed).flatMap((call) => checkOwn(key, call)),
    ...replays.flatMap((call) => checkReplay(key, call, facts)),
    ...checkSame(key, replays, facts),
  ];
}

/** What is no replay is what the call's own run returned. */
function checkOwn(key: string, call: Answered): IdempotencyHistoryViolation[] {
  const { ended, answered } = call;
  if (ended && ended.value === answered.value) return [];
  const what = ended ? `its run gave ${ended.value}` : 'it had no run that ended';
  return [violation('answer', key, [call], `was answered ${answered.value}, but ${what}`)];
}

/** A replay is what a run returned that kept its claim, and no other than what is stored. */
function checkReplay(
  key: string,
  call: Answered,
  facts: HistoryFacts,
): IdempotencyHistoryViolation[] {
  const { value, at } = call.answered;
  const runs = facts.runs(key).filter(({ started }) => started.at <= at);
  const said = `was answered ${value} as a replay`;
  const producers = runs.filter(
    ({ ended }) => ended !== undefined && ended.value === value && ended.at <= at,
  );
  if (producers.length === 0) return [violation('answer', key, [call], `${said}; no run made it`)];
  if (!producers.some(isMaybeCompleted)) {
    const why = producers.some(isLost) ? 'had lost its claim' : 'gave its claim up';
    return [violation('replay', key, [call, ...producers], `${said}; the run that made it ${why}`)];
  }
  const other = runs.find(
    (run) =>
      isCompleted(run) &&
      run.ended?.value !== value &&
      !facts.isForgotten(key, run.started.at, at) &&
      (run.answered?.at ?? at) <= at,
  );
  if (!other) return [];
  const stored = `; what was stored is ${other.ended?.value}`;
  return [violation('replay', key, [call, other], said + stored)];
}

/** A stored result never changes. */
function checkSame(
  key: string,
  replays: readonly Answered[],
  facts: HistoryFacts,
): IdempotencyHistoryViolation[] {
  const sorted = [...replays].sort((a, b) => a.answered.at - b.answered.at);
  return sorted.slice(1).flatMap((call, i) => {
    const before = sorted[i] as Answered;
    const isSame = before.answered.value === call.answered.value;
    if (isSame || facts.isForgotten(key, startOf(before), call.answered.at)) return [];
    const change = `${before.answered.value}, and later ${call.answered.value}`;
    return [violation('replay', key, [before, call], `and another one were answered ${change}`)];
  });
}

function startOf({ called, answered }: Answered): number {
  return called?.at ?? answered.at;
}

function violation(
  rule: IdempotencyHistoryRule,
  key: string,
  calls: [HistoryCall, ...HistoryCall[]],
  what: string,
): IdempotencyHistoryViolation {
  const message = `A caller of "${key}" in ${calls[0].process} ${what}.`;
  return { rule, key, message, entries: entriesOf(...calls) };
}
