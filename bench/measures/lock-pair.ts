import { inTurns } from '../contest/in-turns.js';
import type { Findings, Measure, Stage, Table, Target } from '../contest/measure.js';
import { ratios, spreadOf } from '../contest/spread.js';
import {
  bareScripts,
  floor,
  type LockContestant,
  lockPeers,
  qxCache,
} from '../peers/lock/index.js';
import { byName, figure, spread } from '../report/format.js';
import { whoWins } from '../report/who-wins.js';
import { withClients } from './open-clients.js';
import { pairsPerSecond } from './pair/pairs-per-second.js';

const ROUNDS = 9;
const contestants = [floor, bareScripts, qxCache, ...lockPeers];

const cases = [
  { caption: '1 in flight', inFlight: 1, isNewEachTime: false },
  { caption: '64 in flight', inFlight: 64, isNewEachTime: false },
  {
    caption: '64 in flight, each time through a new lock object',
    inFlight: 64,
    isNewEachTime: true,
  },
] as const;

type Case = (typeof cases)[number];
type Samples = ReadonlyMap<LockContestant, readonly number[]>;

/** What a lock costs that nobody else wants. */
export const lockPair: Measure = {
  name: 'lock-pair',
  title: 'A lock that is free: acquire and release',
  about:
    'Each of 1 or 64 callers acquires and releases a lock of its own name, over and over, on one connection. The lock object is made once, then each time anew.',
  contestants,
  run,
};

async function run({ url, rounds = ROUNDS }: Stage): Promise<Findings> {
  const results: { of: Case; samples: Samples }[] = [];
  await withClients(url, contestants, async (lockOf) => {
    for (const of of cases) {
      const samples = await inTurns(contestants, rounds, (contestant) =>
        pairsPerSecond((name) => lockOf(contestant, name), of),
      );
      results.push({ of, samples });
    }
  });
  return {
    rounds,
    tables: results.map(({ of, samples }) => tableOf(of, samples)),
    targets: results.flatMap(({ of, samples }) => targetsOf(of, samples)),
    remarks: results.flatMap(({ of, samples }) => remarksOf(of, samples)),
    samples: results.map(({ of, samples }) => ({
      case: of.caption,
      pairsPerSecond: byName(samples),
    })),
  };
}

function tableOf({ caption }: Case, samples: Samples): Table {
  const best = bestPeer(samples);
  return {
    caption,
    head: ['', 'pairs a second', 'of the floor', 'of the bare scripts', `of ${best.name}`],
    rows: [...samples].map(([{ name }, all]) => [
      name,
      spread(spreadOf(all)),
      figure(ratio(all, samples.get(floor))),
      figure(ratio(all, samples.get(bareScripts))),
      figure(ratio(all, samples.get(best))),
    ]),
  };
}

function targetsOf({ caption, isNewEachTime }: Case, samples: Samples): Target[] {
  // What it costs to make the object is told, but it is nobody's promise.
  if (isNewEachTime) return [];
  const rivals = [
    { who: bareScripts, least: 0.9 },
    { who: floor, least: 0.9 },
    ...lockPeers.filter(({ name }) => name === 'redis-semaphore').map((who) => ({ who, least: 1 })),
  ];
  return rivals.map(({ who, least }) => {
    const got = ratio(samples.get(qxCache), samples.get(who));
    return {
      what: `pairs, ${caption}, against ${who.name}`,
      wanted: `≥ ${least}`,
      got: figure(got),
      isMet: got >= least,
    };
  });
}

function remarksOf({ caption }: Case, samples: Samples): string[] {
  const figures = new Map(
    [qxCache, ...lockPeers].map((one) => [one, spreadOf(samples.get(one) ?? []).median]),
  );
  return whoWins(`Pairs a second, ${caption}`, figures, qxCache, 'high');
}

function bestPeer(samples: Samples): LockContestant {
  const medianOf = (peer: LockContestant) => spreadOf(samples.get(peer) ?? []).median;
  return lockPeers.reduce((best, peer) => (medianOf(peer) > medianOf(best) ? peer : best));
}

function ratio(all: readonly number[] = [], others: readonly number[] = []): number {
  return spreadOf(ratios(all, others)).median;
}
