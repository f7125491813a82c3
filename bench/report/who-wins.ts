import type { Contestant } from '../contest/contestant.js';
import { figure, list } from './format.js';

/**
 * An honest sentence where others do better than this library, and why they can; none where nobody
 * does.
 *
 * @param where begins the sentence: `With 64 in flight`
 * @param better which figures are the better ones
 * @param why they can, if it is not what the contestants say
 */
export function whoWins<C extends Contestant>(
  where: string,
  figures: ReadonlyMap<C, number>,
  ours: C,
  better: 'high' | 'low',
  why?: string,
): string[] {
  const own = figures.get(ours);
  if (own === undefined) return [];
  const ahead = [...figures].filter(([, n]) => (better === 'high' ? n > own : n < own));
  if (ahead.length === 0) return [];
  const names = list(ahead.map(([{ name }, n]) => `${name} (${figure(n)})`));
  const reasons = new Set(ahead.flatMap(([{ whyAhead }]) => why ?? whyAhead ?? []));
  return [
    [`${where}, ${names} did better than ${ours.name} (${figure(own)}).`, ...reasons].join(' '),
  ];
}
