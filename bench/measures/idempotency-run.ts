import type { Findings, Measure, Stage, Target } from '../contest/measure.js';
import { withClients } from '../contest/open-clients.js';
import { type Race, type Rates, runRaces } from '../contest/race.js';
import {
  bareScripts,
  floor,
  type IdempotencyContestant,
  idempotencyPeers,
  powertoolsLocalCache,
  qxCache,
  qxMediator,
  qxReplayCache,
  type RunOnce,
} from '../peers/idempotency/index.js';
import { ratesChart } from '../report/charts/rates-chart.js';
import { byName } from '../report/format.js';
import {
  type Field,
  rateRemarks,
  rateTable,
  rateTarget,
  rateTargetAgainstBest,
} from '../report/rates.js';
import { firstRuns, replays } from './idempotency/operations.js';
import { work } from './order.js';

const ROUNDS = 7;
const UNIT = 'runs a second';
const field: Field<IdempotencyContestant> = {
  ours: qxCache,
  limits: [floor, bareScripts],
  peers: idempotencyPeers,
  others: [powertoolsLocalCache],
};
const asking = [floor, bareScripts, qxCache, qxMediator, ...idempotencyPeers];
const remembering = [qxReplayCache, powertoolsLocalCache];

/** What it costs to run something once, and to get the result again. */
export const idempotencyRun: Measure = {
  name: 'idempotency-run',
  title: 'Work that runs once: the first run, and its replay',
  about:
    'Each of 1 or 64 callers runs work that returns an object of about 100 bytes at once: a first run under a key that is new each time, a replay under a key that has its result. The replay is also measured where results are kept in the memory of the process.',
  contestants: [...asking, ...remembering],
  run,
};

async function run({ url, rounds = ROUNDS }: Stage): Promise<Findings> {
  const results = await withClients(url, [...asking, ...remembering], async (opened) =>
    runRaces(await racesOf(opened), rounds),
  );
  return {
    rounds,
    tables: results.map((rates) => rateTable(rates, UNIT, field)),
    targets: results.flatMap(targetsOf),
    remarks: results.flatMap((rates) => rateRemarks(rates, UNIT, field)),
    charts: [
      ratesChart('idempotency', 'Work that runs once', UNIT, results.map(withoutMemory), field),
    ],
    samples: results.map(({ caption, samples }) => ({
      case: caption,
      runsPerSecond: byName(samples),
    })),
  };
}

async function racesOf(opened: (one: IdempotencyContestant) => RunOnce) {
  const races: Race<IdempotencyContestant>[] = [];
  for (const inFlight of [1, 64]) {
    const first = asking.map((one) => [one, firstRuns(opened(one), work)] as const);
    const again = await Promise.all(
      [...asking, ...remembering].map(
        async (one) => [one, await replays(opened(one), work, { callers: inFlight })] as const,
      ),
    );
    const caption = `${inFlight} in flight`;
    races.push({ caption: `First run, ${caption}`, inFlight, operations: new Map(first) });
    races.push({ caption: `Replay, ${caption}`, inFlight, operations: new Map(again) });
  }
  return races;
}

function targetsOf(rates: Rates<IdempotencyContestant>): Target[] {
  const best = (least: number, one = qxCache) =>
    rateTargetAgainstBest(rates, one, idempotencyPeers, least);
  if (isFirst(rates)) return best(1.15);
  return [
    rateTarget(rates, qxCache, bareScripts, 0.9),
    rateTarget(rates, qxCache, floor, 0.9),
    ...best(rates.caption.includes(' 64 ') ? 1.2 : 2),
    ...best(20, qxReplayCache),
  ];
}

function isFirst({ caption }: Rates<IdempotencyContestant>): boolean {
  return caption.startsWith('First');
}

/** On one scale with what comes from memory, nothing else could be told apart. */
function withoutMemory(rates: Rates<IdempotencyContestant>): Rates<IdempotencyContestant> {
  const samples = [...rates.samples].filter(([one]) => !remembering.includes(one));
  return { ...rates, samples: new Map(samples) };
}
