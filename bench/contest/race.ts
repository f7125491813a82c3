import { inTurns } from './in-turns.js';
import { type Operation, perSecond } from './rate.js';
import { ratios, spreadOf } from './spread.js';

/** Contestants that do the same, each as often as it can. */
export interface Race<C> {
  /** As above its table: `A replay, 64 in flight`. */
  readonly caption: string;
  readonly inFlight: number;
  readonly operations: ReadonlyMap<C, Operation>;
}

/** How often each got through in a second, a sample a round. */
export interface Rates<C> {
  readonly caption: string;
  readonly samples: ReadonlyMap<C, readonly number[]>;
}

export async function runRace<C>(race: Race<C>, rounds: number): Promise<Rates<C>> {
  const { caption, inFlight, operations } = race;
  const samples = await inTurns([...operations], rounds, ([, operation]) =>
    perSecond(operation, inFlight),
  );
  return { caption, samples: new Map([...samples].map(([[one], all]) => [one, all])) };
}

/** One after the other: they would disturb each other. */
export async function runRaces<C>(races: Iterable<Race<C>>, rounds: number): Promise<Rates<C>[]> {
  const results: Rates<C>[] = [];
  for (const race of races) results.push(await runRace(race, rounds));
  return results;
}

/** How many times as fast one was as the other; `NaN` when one took no part. */
export function ratioOf<C>({ samples }: Rates<C>, one: C, other: C): number {
  const all = ratios(samples.get(one) ?? [], samples.get(other) ?? []);
  return all.length === 0 ? Number.NaN : spreadOf(all).median;
}

/** Those of the given ones that took part. */
export function takingPart<C>({ samples }: Rates<C>, contestants: readonly C[]): C[] {
  return contestants.filter((one) => samples.has(one));
}

/** The fastest of the given ones; `undefined` when none of them took part. */
export function fastestOf<C>(rates: Rates<C>, contestants: readonly C[]): C | undefined {
  const medianOf = (one: C) => spreadOf(rates.samples.get(one) ?? []).median;
  const [first, ...others] = takingPart(rates, contestants);
  if (first === undefined) return undefined;
  return others.reduce((best, one) => (medianOf(one) > medianOf(best) ? one : best), first);
}
