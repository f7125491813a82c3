import type { Findings, Measure, Stage } from '../contest/measure.js';
import { withClients } from '../contest/open-clients.js';
import { type Race, type Rates, runRaces, takingPart } from '../contest/race.js';
import type { Operation } from '../contest/rate.js';
import {
  bareScripts,
  floor,
  type LockContestant,
  type LockOf,
  lockPeers,
  qxCache,
} from '../peers/lock/index.js';
import { ratesChart } from '../report/charts/rates-chart.js';
import { byName } from '../report/format.js';
import {
  type Field,
  rateRemarks,
  rateTable,
  rateTarget,
  rateTargetAgainstBest,
} from '../report/rates.js';

const ROUNDS = 9;
const UNIT = 'pairs a second';
const field: Field<LockContestant> = {
  ours: qxCache,
  limits: [floor, bareScripts],
  peers: lockPeers,
};
const contestants = [floor, bareScripts, qxCache, ...lockPeers];

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
  const results = await withClients(url, contestants, (opened) => {
    const raceOf = (caption: string, inFlight: number, operation: (of: LockOf) => Operation) => ({
      caption,
      inFlight,
      operations: new Map(contestants.map((one) => [one, operation(opened(one))])),
    });
    const races: Race<LockContestant>[] = [
      raceOf('1 in flight', 1, withOneObject),
      raceOf('64 in flight', 64, withOneObject),
      raceOf('64 in flight, each time through a new lock object', 64, withNewObjects),
    ];
    return runRaces(races, rounds);
  });
  // What it costs to make the object is told, but it is nobody's promise.
  const promised = results.slice(0, 2);
  return {
    rounds,
    tables: results.map((rates) => rateTable(rates, UNIT, field)),
    targets: promised.flatMap(targetsOf),
    remarks: results.flatMap((rates) => rateRemarks(rates, UNIT, field)),
    charts: [ratesChart('lock-pair', 'A free lock, acquired and released', UNIT, promised, field)],
    samples: results.map(({ caption, samples }) => ({
      case: caption,
      pairsPerSecond: byName(samples),
    })),
  };
}

function withOneObject(lockOf: LockOf): Operation {
  const objects = new Map<number, ReturnType<LockOf>>();
  return async (caller) => {
    const acquire = objects.get(caller) ?? lockOf(`pair-${caller}`);
    objects.set(caller, acquire);
    await (await acquire())();
  };
}

function withNewObjects(lockOf: LockOf): Operation {
  return async (caller) => (await lockOf(`pair-${caller}`)())();
}

function targetsOf(rates: Rates<LockContestant>) {
  const limits = takingPart(rates, field.limits);
  return [
    ...limits.map((limit) => rateTarget(rates, qxCache, limit, 0.9)),
    ...rateTargetAgainstBest(rates, qxCache, lockPeers, 1.1),
  ];
}
