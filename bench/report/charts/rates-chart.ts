import type { Chart, Point } from '../../contest/chart.js';
import type { Contestant } from '../../contest/contestant.js';
import type { Rates } from '../../contest/race.js';
import { spreadOf } from '../../contest/spread.js';
import type { Field } from '../rates.js';

/** Bars of rates: a panel for each caption, a bar for each contestant. */
export function ratesChart<C extends Contestant>(
  name: string,
  title: string,
  unit: string,
  results: readonly Rates<C>[],
  field: Field<C>,
): Chart {
  const points = results.flatMap(({ caption, samples }) =>
    [...samples].map(([one, all]) => pointOf(caption, one, all, field)),
  );
  return { name, title, kind: 'bars', figures: unit, points };
}

/** The median of several rounds, in one panel of a chart. */
export function pointOf<C extends Contestant>(
  panel: string,
  one: C,
  samples: readonly number[],
  { limits, peers, others = [] }: Field<C>,
): Point {
  const { median, min, max } = spreadOf(samples);
  const isPeer = peers.includes(one) || others.includes(one);
  const role = limits.includes(one) ? 'limit' : isPeer ? 'peer' : 'ours';
  return { panel, who: one.name, role, y: median, low: min, high: max };
}
