import type { Spread } from '../contest/spread.js';

/** Three digits are more than any run reproduces. */
export function figure(n: number): string {
  return n.toLocaleString('en', { maximumSignificantDigits: 3 });
}

/** Median, and from where to where the rounds went. */
export function spread({ median, min, max }: Spread): string {
  return `${figure(median)} (${figure(min)}–${figure(max)})`;
}

/** Names in a sentence. */
export function list(names: readonly string[]): string {
  return new Intl.ListFormat('en').format(names);
}

/** Figures of contestants as JSON has them. */
export function byName<C extends { name: string }, T>(
  figures: ReadonlyMap<C, T>,
): Record<string, T> {
  return Object.fromEntries([...figures].map(([{ name }, figure]) => [name, figure]));
}
