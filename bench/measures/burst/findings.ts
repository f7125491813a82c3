import type { Chart } from '../../contest/chart.js';
import type { Table, Target } from '../../contest/measure.js';
import { ratios, spreadOf } from '../../contest/spread.js';
import {
  type LockContestant,
  lockContestants,
  lockPeers,
  lockPeersByDefault,
  qxCache,
} from '../../peers/lock/index.js';
import { pointOf } from '../../report/charts/rates-chart.js';
import { figure, spread } from '../../report/format.js';
import { whoWins } from '../../report/who-wins.js';
import type { Burst } from './burst.js';

/** The bursts of each, a round each. */
export type Bursts = ReadonlyMap<LockContestant, readonly Burst[]>;

/** Commands that each sent for a turn. */
export type Commands = ReadonlyMap<LockContestant, number>;

/** @param idealMs what is possible at the very best */
export function tableOf(
  caption: string,
  bursts: Bursts,
  idealMs: number,
  commands?: Commands,
): Table {
  return {
    caption,
    head: ['', 'ms in all', 'of the ideal', 'inversions', ...(commands ? ['commands a turn'] : [])],
    rows: [...bursts].map(([contestant, all]) => {
      const totals = spreadOf(all.map(({ totalMs }) => totalMs));
      return [
        contestant.name,
        spread(totals),
        figure(totals.median / idealMs),
        spread(spreadOf(all.map(({ inversions }) => inversions))),
        ...(commands ? [figure(commands.get(contestant) ?? Number.NaN)] : []),
      ];
    }),
  };
}

export function targetsOf(bursts: Bursts, idealMs: number, commands: Commands): Target[] {
  const ours = totals(bursts, qxCache);
  const most = Math.max(...(bursts.get(qxCache) ?? []).map(({ inversions }) => inversions));
  return [
    atMost('time, in one process, against the ideal', 1.3, medianMs(bursts, qxCache) / idealMs),
    atMost('inversions, in one process, in any round', 0, most),
    atMost('commands a turn', 3, commands.get(qxCache) ?? Number.NaN),
    ...[lockPeersByDefault, lockPeers].map((peers) => {
      const best = peers.reduce((one, other) =>
        medianMs(bursts, other) < medianMs(bursts, one) ? other : one,
      );
      const got = spreadOf(ratios(ours, totals(bursts, best))).median;
      return atMost(`time, in one process, against ${best.name}`, 0.4, got);
    }),
  ];
}

/** Those set up for the burst; by default, most take much longer. */
export function chartOf(bursts: Bursts): Chart {
  const field = { ours: qxCache, limits: [], peers: lockPeers };
  const points = lockContestants.map((one) =>
    pointOf('100 callers', one, totals(bursts, one), field),
  );
  const title = 'A lock that 100 callers want at once';
  return { name: 'lock-burst', title, kind: 'bars', figures: 'milliseconds in all', points };
}

/** @param where `in one process` */
export function remarksOf(where: string, bursts: Bursts): string[] {
  const figures = new Map(lockContestants.map((one) => [one, medianMs(bursts, one)]));
  return whoWins(`Milliseconds in all, ${where}`, figures, qxCache, 'low');
}

function atMost(what: string, limit: number, got: number): Target {
  return { what, wanted: `≤ ${limit}`, got: figure(got), isMet: got <= limit };
}

function totals(bursts: Bursts, contestant: LockContestant): number[] {
  return (bursts.get(contestant) ?? []).map(({ totalMs }) => totalMs);
}

function medianMs(bursts: Bursts, contestant: LockContestant): number {
  return spreadOf(totals(bursts, contestant)).median;
}
