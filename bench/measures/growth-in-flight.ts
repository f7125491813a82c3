import type { Point } from '../contest/chart.js';
import type { Findings, Measure, Stage, Table } from '../contest/measure.js';
import { withClients } from '../contest/open-clients.js';
import { type Rates, ratioOf, runRace } from '../contest/race.js';
import { spreadOf } from '../contest/spread.js';
import { pointOf } from '../report/charts/rates-chart.js';
import { figure, spread } from '../report/format.js';
import { type Subject, subjects } from './growth/subjects.js';

const ROUNDS = 3;
const LEVELS = [1, 4, 16, 64, 256, 512] as const;
const UNIT = 'a second';

/** What more callers at once do. */
export const growthInFlight: Measure = {
  name: 'growth-in-flight',
  title: 'From 1 to 512 in flight',
  about: 'So many callers of one process, on one connection, each with a key of its own.',
  contestants: subjects.flatMap(({ ours, floor }) => [ours, floor]),
  isApart: true,
  run,
};

interface Level {
  readonly subject: Subject;
  readonly inFlight: number;
  readonly rates: Rates<'ours' | 'floor'>;
}

async function run({ url, rounds = ROUNDS }: Stage): Promise<Findings> {
  const levels: Level[] = [];
  for (const subject of subjects) {
    const { ours, floor } = subject;
    await withClients(url, [ours, floor], async (opened) => {
      for (const inFlight of LEVELS) {
        const operations = new Map([
          ['ours', await opened(ours)(inFlight)],
          ['floor', await opened(floor)(inFlight)],
        ] as const);
        const race = { caption: subject.name, inFlight, operations };
        levels.push({ subject, inFlight, rates: await runRace(race, rounds) });
      }
    });
  }
  return {
    rounds,
    tables: subjects.map((subject) => tableOf(subject, levels)),
    targets: [],
    remarks: [],
    charts: [
      {
        name: 'growth-in-flight',
        title: 'More in flight',
        kind: 'lines',
        figures: UNIT,
        over: 'in flight',
        points: levels.flatMap(pointsOf),
      },
    ],
    samples: levels.map(({ subject: { name }, inFlight, rates: { samples } }) => ({
      subject: name,
      inFlight,
      perSecond: Object.fromEntries(samples),
    })),
  };
}

function tableOf(subject: Subject, levels: readonly Level[]): Table {
  return {
    caption: subject.name,
    head: ['in flight', `qx-cache, ${UNIT}`, 'floor', 'of floor'],
    rows: levels
      .filter((one) => one.subject === subject)
      .map(({ inFlight, rates }) => [
        figure(inFlight),
        spread(spreadOf(rates.samples.get('ours') ?? [])),
        spread(spreadOf(rates.samples.get('floor') ?? [])),
        figure(ratioOf(rates, 'ours', 'floor')),
      ]),
  };
}

function pointsOf({ subject, inFlight, rates }: Level): Point[] {
  const { ours, floor } = subject;
  const field = { ours, limits: [floor], peers: [] };
  return [...rates.samples].map(([which, all]) => ({
    ...pointOf(subject.name, subject[which], all, field),
    x: inFlight,
  }));
}
