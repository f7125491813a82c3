import { z } from 'zod';

/** The longest duration accepted, in seconds (ten years): keeps milliseconds far from overflow. */
const longest = 315_360_000;

/** A positive, finite duration in seconds; fractions allowed, down to a millisecond. */
export const seconds = z
  .number({ error: 'must be a number of seconds' })
  .min(0.001, { error: 'must be at least 0.001 seconds' })
  .max(longest, { error: `must be at most ${longest} seconds` });

const waitProblem = { error: `must be from 0 to ${longest} seconds, or Infinity` };

/** How long to wait, in seconds: `0` means not at all, `Infinity` for as long as it takes. */
export const waitSeconds = z.union(
  [z.literal(Number.POSITIVE_INFINITY), z.number().min(0, waitProblem).max(longest, waitProblem)],
  waitProblem,
);

/** Whole milliseconds for Redis, at least one. */
export function toMilliseconds(duration: number): number {
  return Math.max(1, Math.round(duration * 1000));
}

/** The longest delay that a Node timer takes; a longer one would fire at once. */
const longestTimerMilliseconds = 2 ** 31 - 1;

/** A timer delay for a duration in seconds, cut to what a timer can do. */
export function toTimerDelay(duration: number): number {
  return Math.min(Math.max(0, duration * 1000), longestTimerMilliseconds);
}
