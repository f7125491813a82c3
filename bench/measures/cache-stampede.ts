import { inTurns } from '../contest/in-turns.js';
import type { Findings, Measure, Stage, Table, Target } from '../contest/measure.js';
import { spreadOf } from '../contest/spread.js';
import { type CacheContestant, cachePeers, floor, qxCache } from '../peers/cache/index.js';
import { byName, figure, spread } from '../report/format.js';
import { whoWins } from '../report/who-wins.js';
import { type Stampede, stampedeIn } from './cache/stampede.js';

const ROUNDS = 5;
const CALLERS = 1000;
const LOAD_MS = 20;
const PROCESSES = 4;
const contestants = [floor, qxCache, ...cachePeers];

type Samples = ReadonlyMap<CacheContestant, readonly Stampede[]>;

/** What becomes of many that miss the same key at once. */
export const cacheStampede: Measure = {
  name: 'cache-stampede',
  title: `A stampede: ${CALLERS} callers, and the value is not there`,
  about: `${CALLERS} callers ask for one missing key with \`getOrSet\` at once, in one process and in ${PROCESSES}. To load it takes a timer of ${LOAD_MS} ms. Time runs from the first call to the last answer, in any process. At best the value is loaded once. The others of this measure know of no loads in other processes.`,
  contestants,
  run,
};

async function run({ url, rounds = ROUNDS }: Stage): Promise<Findings> {
  const one = await stampedes(url, rounds, 1);
  const several = await stampedes(url, rounds, PROCESSES);
  return {
    rounds,
    tables: [
      tableOf('All in one process', one),
      tableOf(`${CALLERS / PROCESSES} in each of ${PROCESSES} processes`, several),
    ],
    targets: [targetOf('in one process', one), targetOf('in several processes', several)],
    remarks: [...remarksOf('in one process', one), ...remarksOf('in several processes', several)],
    samples: { inOneProcess: byName(one), inSeveralProcesses: byName(several) },
  };
}

function stampedes(url: string, rounds: number, processes: number): Promise<Samples> {
  return stampedeIn(processes, (stampede) =>
    inTurns(contestants, rounds, ({ name }) =>
      stampede({ url, contestant: name, callers: CALLERS / processes, loadMs: LOAD_MS }),
    ),
  );
}

function tableOf(caption: string, samples: Samples): Table {
  return {
    caption,
    head: ['', 'ms in all', 'loads', 'commands a caller'],
    rows: [...samples].map(([{ name }, all]) => [
      name,
      spread(spreadOf(all.map(({ totalMs }) => totalMs))),
      spread(spreadOf(all.map(({ loads }) => loads))),
      figure(spreadOf(all.map(({ commands }) => commands)).median / CALLERS),
    ]),
  };
}

function targetOf(where: string, samples: Samples): Target {
  const { max } = spreadOf((samples.get(qxCache) ?? []).map(({ loads }) => loads));
  const what = `loads ${where}, in any round`;
  return { what, wanted: '1', got: figure(max), isMet: max === 1 };
}

function remarksOf(where: string, samples: Samples): string[] {
  const figures = new Map(
    [qxCache, ...cachePeers].map((one) => [
      one,
      spreadOf((samples.get(one) ?? []).map(({ totalMs }) => totalMs)).median,
    ]),
  );
  return whoWins(`Milliseconds in all, ${where}`, figures, qxCache, 'low');
}
