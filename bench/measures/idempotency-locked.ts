import { type Traffic, trafficDuring } from '../contest/count-round-trips.js';
import type { Findings, Measure, Stage, Table, Target } from '../contest/measure.js';
import { withClients } from '../contest/open-clients.js';
import { type Race, runRaces } from '../contest/race.js';
import {
  floorLocked,
  type LockedContestant,
  qxLocked,
  type RunOnceLocked,
} from '../peers/idempotency/locked.js';
import { byName, figure } from '../report/format.js';
import { type Field, rateTable } from '../report/rates.js';

const ROUNDS = 7;
const COUNTED_RUNS = 100;
const field: Field<LockedContestant> = { ours: qxLocked, limits: [floorLocked], peers: [] };
const contestants = [floorLocked, qxLocked];

/** What idempotency and a lock cost together. */
export const idempotencyLocked: Measure = {
  name: 'idempotency-locked',
  title: 'A command that runs once and under a lock',
  about:
    'Each of 1 or 64 callers sends commands with a key that is new each time and a lock of the caller’s own. Round trips are how often a caller waits for Redis: commands in flight together count once. No other library of these has both.',
  contestants,
  run,
};

type Counted = ReadonlyMap<LockedContestant, Traffic>;

async function run({ url, rounds = ROUNDS }: Stage): Promise<Findings> {
  const { results, counted } = await withClients(url, contestants, async (opened) => {
    const operations = new Map(contestants.map((one) => [one, firstRuns(opened(one))]));
    const races: Race<LockedContestant>[] = [1, 64].map((inFlight) => ({
      caption: `First run, ${inFlight} in flight`,
      inFlight,
      operations,
    }));
    return { results: await runRaces(races, rounds), counted: await countOf(opened) };
  });
  return {
    rounds,
    tables: [trafficTable(counted), ...results.map((one) => rateTable(one, 'a second', field))],
    targets: targetsOf(counted),
    remarks: [],
    samples: {
      traffic: byName(counted),
      rates: results.map(({ caption, samples }) => ({ case: caption, perSecond: byName(samples) })),
    },
  };
}

let count = 0;

function firstRuns(run: RunOnceLocked) {
  return (caller: number) => {
    count += 1;
    return run(`locked-${count}`, `lock-${caller}`);
  };
}

async function countOf(opened: (one: LockedContestant) => RunOnceLocked): Promise<Counted> {
  const counted = new Map<LockedContestant, Traffic>();
  for (const one of contestants) {
    const run = firstRuns(opened(one));
    const { commands, roundTrips } = await trafficDuring(async () => {
      for (let i = 0; i < COUNTED_RUNS; i += 1) await run(0);
    });
    const a = (n: number) => n / COUNTED_RUNS;
    counted.set(one, { commands: a(commands), roundTrips: a(roundTrips) });
  }
  return counted;
}

function trafficTable(counted: Counted): Table {
  return {
    caption: 'Over the wire, for a first run',
    head: ['', 'commands', 'round trips'],
    rows: [...counted].map(([{ name }, { commands, roundTrips }]) => [
      name,
      figure(commands),
      figure(roundTrips),
    ]),
  };
}

function targetsOf(counted: Counted): Target[] {
  const got = counted.get(qxLocked)?.roundTrips ?? Number.NaN;
  const what = 'round trips for a first run under a lock';
  return [{ what, wanted: '≤ 3', got: figure(got), isMet: got <= 3 }];
}
