import {
  type Absence,
  entriesOf,
  type HistoryCall,
  type HistoryFacts,
  type HistoryRun,
} from './history-facts.js';
import type { CheckSettings, IdempotencyHistoryViolation } from './violation.js';

/** Whether those who waited for a dead owner's key got it in time. */
export function checkTakeovers(
  key: string,
  facts: HistoryFacts,
  { leaseSeconds, takeoverSlackSeconds }: CheckSettings,
): IdempotencyHistoryViolation[] {
  const limit = leaseSeconds + takeoverSlackSeconds;
  const runs = facts.runs(key);
  return runs.flatMap((owner) =>
    deathsOf(owner, facts).flatMap((death) => {
      const waiter = facts
        .calls(key)
        .find((call) => waitedInVain(call, death, runs, facts, limit, key));
      if (!waiter) return [];
      const { attempt, token } = owner.started;
      const message = `A caller of "${key}" in ${waiter.process} waited more than ${limit} s for the claim of ${owner.process} (attempt ${attempt}, token ${token}), whose process was ${death.entry.type}.`;
      const entries = [...entriesOf(owner, waiter), death.entry].sort((a, b) => a.at - b.at);
      return [{ rule: 'too-late', key, message, entries } as const];
    }),
  );
}

/** When the owner vanished in the middle of its run. */
function deathsOf({ process, started, answered }: HistoryRun, facts: HistoryFacts): Absence[] {
  const end = answered?.at ?? Number.POSITIVE_INFINITY;
  return facts.absences(process, started.at, end).filter(({ from }) => from >= started.at);
}

function waitedInVain(
  waiter: HistoryCall,
  death: Absence,
  runs: readonly HistoryRun[],
  facts: HistoryFacts,
  limit: number,
  key: string,
): boolean {
  if (!waiter.called) return false;
  const from = Math.max(death.from, waiter.called.at);
  const to = from + limit;
  const isDeadAllTheTime = death.to >= to;
  const waited = (waiter.answered?.at ?? Number.POSITIVE_INFINITY) > to;
  const isRunning = (waiter.started?.at ?? Number.POSITIVE_INFINITY) <= to;
  const somebodyRan = runs.some(({ started }) => started.at > death.from && started.at <= to);
  const wasAway = facts.absences(waiter.process, from, to).length > 0;
  const isForgotten = facts.isForgotten(key, death.from, to);
  return (
    isDeadAllTheTime &&
    waited &&
    !isRunning &&
    !somebodyRan &&
    !wasAway &&
    !isForgotten &&
    facts.lastAt > to
  );
}
