import type { Contestant } from '../contest/contestant.js';
import type { Table, Target } from '../contest/measure.js';
import { fastestOf, type Rates, ratioOf, takingPart } from '../contest/race.js';
import { spreadOf } from '../contest/spread.js';
import { figure, spread } from './format.js';
import { whoWins } from './who-wins.js';

/** Who is who among the contestants. */
export interface Field<C> {
  readonly ours: C;
  /** What can't be beaten, or marks what the library adds: each gets a column. */
  readonly limits: readonly C[];
  /** Other libraries that do the same: the best one gets a column. */
  readonly peers: readonly C[];
  /** Others that are only told about. */
  readonly others?: readonly C[];
}

/** @param unit of the figures: `replays a second` */
export function rateTable<C extends Contestant>(
  rates: Rates<C>,
  unit: string,
  { limits, peers }: Field<C>,
): Table {
  const best = fastestOf(rates, peers);
  const references = [...takingPart(rates, limits), ...(best ? [best] : [])];
  return {
    caption: rates.caption,
    head: ['', unit, ...references.map(({ name }) => `of ${name}`)],
    rows: [...rates.samples].map(([one, all]) => [
      one.name,
      spread(spreadOf(all)),
      ...references.map((other) => figure(ratioOf(rates, one, other))),
    ]),
  };
}

/** That one is at least so many times as fast as another. */
export function rateTarget<C extends Contestant>(
  rates: Rates<C>,
  one: C,
  other: C,
  least: number,
): Target {
  const got = ratioOf(rates, one, other);
  const what = `${rates.caption}: ${one.name} against ${other.name}`;
  return { what, wanted: `≥ ${least}`, got: figure(got), isMet: got >= least };
}

/** The same against whoever of the given ones is the fastest. */
export function rateTargetAgainstBest<C extends Contestant>(
  rates: Rates<C>,
  one: C,
  others: readonly C[],
  least: number,
): Target[] {
  const best = fastestOf(rates, others);
  return best ? [rateTarget(rates, one, best, least)] : [];
}

/** Where others are ahead. */
export function rateRemarks<C extends Contestant>(
  rates: Rates<C>,
  unit: string,
  { ours, peers, others = [] }: Field<C>,
): string[] {
  const figures = new Map(
    takingPart(rates, [ours, ...peers, ...others]).map((one) => [
      one,
      spreadOf(rates.samples.get(one) ?? []).median,
    ]),
  );
  return whoWins(`${rates.caption}, ${unit}`, figures, ours, 'high');
}
