import type { Point } from '../contest/chart.js';
import { machineNow } from '../contest/clock.js';
import { inTurns } from '../contest/in-turns.js';
import type { Findings, Measure, Stage, Table } from '../contest/measure.js';
import { type Rates, ratioOf } from '../contest/race.js';
import { spreadOf } from '../contest/spread.js';
import { startWorker } from '../contest/worker-process.js';
import { pointOf } from '../report/charts/rates-chart.js';
import { figure, spread } from '../report/format.js';
import type { RateOrder } from './growth/rate.worker.js';
import { type Subject, subjects } from './growth/subjects.js';

const ROUNDS = 2;
const LEVELS = [1, 2, 4, 8] as const;
const IN_FLIGHT = 16;
const UNIT = 'a second, of all';
const SIDES = ['ours', 'floor'] as const;
const WARM_UP = { subject: 'cache get', side: 'floor', inFlight: 1 } as const;
const worker = new URL('./growth/rate.worker.ts', import.meta.url);

/** What more processes do. */
export const growthProcesses: Measure = {
  name: 'growth-processes',
  title: 'From 1 to 8 processes',
  about: `So many processes, with ${IN_FLIGHT} in flight in each, all at once. They share the cores of the machine with Redis: more than it has cores can bring little.`,
  contestants: subjects.flatMap(({ ours, floor }) => [ours, floor]),
  isApart: true,
  run,
};

interface Level {
  readonly subject: Subject;
  readonly processes: number;
  readonly rates: Rates<(typeof SIDES)[number]>;
}

async function run({ url, rounds = ROUNDS }: Stage): Promise<Findings> {
  const most = Math.max(...LEVELS);
  const workers = Array.from({ length: most }, () => startWorker<RateOrder, number>(worker));
  const levels: Level[] = [];
  try {
    // Those that still start would take the time of the others.
    await Promise.all(workers.map((one) => one.ask({ ...WARM_UP, url, beginAt: machineNow() })));
    for (const subject of subjects) {
      for (const processes of LEVELS) {
        const samples = await inTurns(SIDES, rounds, async (side) => {
          const beginAt = machineNow() + 50;
          const order = { url, subject: subject.name, side, inFlight: IN_FLIGHT, beginAt };
          const busy = workers.slice(0, processes);
          const rates = await Promise.all(busy.map((one) => one.ask(order)));
          return rates.reduce((total, rate) => total + rate, 0);
        });
        levels.push({ subject, processes, rates: { caption: subject.name, samples } });
      }
    }
  } finally {
    await Promise.all(workers.map((one) => one.end()));
  }
  return {
    rounds,
    tables: subjects.map((subject) => tableOf(subject, levels)),
    targets: [],
    remarks: [],
    charts: [
      {
        name: 'growth-processes',
        title: 'More processes',
        kind: 'lines',
        figures: UNIT,
        over: 'processes',
        points: levels.flatMap(pointsOf),
      },
    ],
    samples: levels.map(({ subject: { name }, processes, rates: { samples } }) => ({
      subject: name,
      processes,
      perSecond: Object.fromEntries(samples),
    })),
  };
}

function tableOf(subject: Subject, levels: readonly Level[]): Table {
  return {
    caption: subject.name,
    head: ['processes', `qx-cache, ${UNIT}`, 'floor', 'of floor'],
    rows: levels
      .filter((one) => one.subject === subject)
      .map(({ processes, rates }) => [
        figure(processes),
        spread(spreadOf(rates.samples.get('ours') ?? [])),
        spread(spreadOf(rates.samples.get('floor') ?? [])),
        figure(ratioOf(rates, 'ours', 'floor')),
      ]),
  };
}

function pointsOf({ subject, processes, rates }: Level): Point[] {
  const field = { ours: subject.ours, limits: [subject.floor], peers: [] };
  return [...rates.samples].map(([side, all]) => ({
    ...pointOf(subject.name, subject[side], all, field),
    x: processes,
  }));
}
