import type { Operation } from '../../contest/rate.js';
import type { RunOnce, Work } from '../../peers/idempotency/contestant.js';

let count = 0;

/** Runs under a key that nobody used before, each time. */
export function firstRuns(runOnce: RunOnce, work: Work): Operation {
  return () => {
    count += 1;
    return runOnce(`first-${count}`, work);
  };
}

/** Runs under a key of each caller's own, of which only the first executes. */
export async function replays(
  runOnce: RunOnce,
  work: Work,
  { callers, name = 'replay' }: { callers: number; name?: string },
): Promise<Operation> {
  let executed = 0;
  const counted = () => {
    executed += 1;
    return work();
  };
  const keys = Array.from({ length: callers }, (_, caller) => `${name}-${caller}`);
  // Twice: what remembers results may do so only once it was asked.
  for (const key of [...keys, ...keys]) await runOnce(key, counted);
  const isOnce = executed <= callers;
  if (!isOnce) throw new Error(`${executed} executions of ${callers} keys.`);
  return (caller) => runOnce(keys[caller] ?? '', work);
}
