import type { Turn } from './contend.js';

/** What one burst showed. */
export interface Burst {
  /** From the first ask to the last release. */
  readonly totalMs: number;
  /** How often somebody got in right before one that had asked earlier. */
  readonly inversions: number;
}

export function burstOf(turns: readonly Turn[]): Burst {
  const firstAt = Math.min(...turns.map(({ askedAt }) => askedAt));
  const lastAt = Math.max(...turns.map(({ releasedAt }) => releasedAt));
  const entered = [...turns].sort((a, b) => a.enteredAt - b.enteredAt);
  const overtaken = entered.filter(({ askedAt }, i) => askedAt < (entered[i - 1]?.askedAt ?? 0));
  return { totalMs: lastAt - firstAt, inversions: overtaken.length };
}
