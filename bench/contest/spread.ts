import { max, median, min } from 'simple-statistics';

/** What several rounds gave. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** @throws when there is no sample */
export function spreadOf(samples: readonly number[]): Spread {
  const numbers = [...samples];
  return { median: median(numbers), min: min(numbers), max: max(numbers) };
}

/** One against the other, round by round: a slow round is slow for both. */
export function ratios(samples: readonly number[], others: readonly number[]): number[] {
  return samples.map((sample, round) => sample / (others[round] ?? Number.NaN));
}
