import { setTimeout as sleep } from 'node:timers/promises';
import { toTimerDelay } from '../../settings/durations.js';

/** The pause after the first failure, and the longest one, in seconds. */
const FIRST = 1;
const LONGEST = 15;

/**
 * How long to pause before the next attempt, in seconds: twice as long after each failure, up to a limit,
 * and cut by up to a half at random, so that many processes don't all come back at once.
 *
 * @param failures how many attempts in a row have failed before the last one
 */
export function backOffSeconds(failures: number): number {
  return Math.min(LONGEST, FIRST * 2 ** failures) * (1 - Math.random() / 2);
}

/** Pauses before the next attempt; no longer than until the signal aborts. Keeps the process alive. */
export async function backOff(failures: number, signal: AbortSignal): Promise<void> {
  const delay = toTimerDelay(backOffSeconds(failures));
  await sleep(delay, undefined, { signal }).catch(() => undefined);
}
