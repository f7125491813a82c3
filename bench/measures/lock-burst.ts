import { setTimeout as sleep } from 'node:timers/promises';
import { machineNow } from '../contest/clock.js';
import { commandsDuring } from '../contest/count-commands.js';
import { inTurns } from '../contest/in-turns.js';
import type { Findings, Measure, Stage } from '../contest/measure.js';
import { withClients } from '../contest/open-clients.js';
import { spreadOf } from '../contest/spread.js';
import { type LockContestant, lockContestants, lockPeersByDefault } from '../peers/lock/index.js';
import { byName, figure, spread } from '../report/format.js';
import { type Burst, burstOf } from './burst/burst.js';
import { contend } from './burst/contend.js';
import { type Bursts, chartOf, remarksOf, tableOf, targetsOf } from './burst/findings.js';
import { withProcesses } from './burst/processes.js';

const ROUNDS = 15;
const CONTENDERS = 100;
const SECTION_MS = 2;
const IDEAL_MS = CONTENDERS * SECTION_MS;
const PROCESSES = 4;
const inOne = [...lockContestants, ...lockPeersByDefault];

/** How well a lock that many want goes from one to the next. */
export const lockBurst: Measure = {
  name: 'lock-burst',
  title: 'A lock that 100 callers want at once',
  about: `${CONTENDERS} callers arrive 1 ms apart, and each holds the lock for a timer of ${SECTION_MS} ms: ${IDEAL_MS} ms at the very best. “Bare sleeps” are ${CONTENDERS} such timers in a row, without any lock. Time runs from the first ask to the last release. An inversion is a caller that got in right before one that had asked earlier. Asks of several processes travel apart, so those a few milliseconds apart can reach Redis in another order. Commands are what the callers’ process sends, counted in a burst of their own.`,
  contestants: inOne,
  run,
};

async function run({ url, rounds = ROUNDS }: Stage): Promise<Findings> {
  const { sleeps, bursts, commands } = await inOneProcess(url, rounds);
  const spreadBursts = await inSeveralProcesses(url, rounds);
  const one = tableOf('All in one process', bursts, IDEAL_MS, commands);
  const bare = spreadOf(sleeps);
  const bareRow = ['bare sleeps', spread(bare), figure(bare.median / IDEAL_MS), '', ''];
  return {
    rounds,
    tables: [
      { ...one, rows: [bareRow, ...one.rows] },
      tableOf(
        `${CONTENDERS / PROCESSES} in each of ${PROCESSES} processes`,
        spreadBursts,
        IDEAL_MS,
      ),
    ],
    targets: targetsOf(bursts, IDEAL_MS, commands),
    remarks: [
      ...remarksOf('in one process', bursts),
      ...remarksOf('in several processes', spreadBursts),
    ],
    charts: [chartOf(bursts)],
    samples: {
      bareSleepsMs: sleeps,
      inOneProcess: byName(bursts),
      inSeveralProcesses: byName(spreadBursts),
      commandsATurn: byName(commands),
    },
  };
}

async function inOneProcess(url: string, rounds: number) {
  return withClients(url, inOne, async (opened) => {
    const burst = (contestant: LockContestant) => {
      const locks = Array.from({ length: CONTENDERS }, () => opened(contestant)('burst'));
      return contend(locks, arrivals(), SECTION_MS);
    };
    const samples = await inTurns([undefined, ...inOne], rounds, async (contestant) =>
      contestant ? burstOf(await burst(contestant)) : bareSleeps(),
    );
    const sleeps: number[] = [];
    const bursts = new Map<LockContestant, Burst[]>();
    for (const [contestant, all] of samples) {
      if (contestant) bursts.set(contestant, all);
      else sleeps.push(...all.map(({ totalMs }) => totalMs));
    }
    const commands = new Map<LockContestant, number>();
    for (const contestant of inOne) {
      const sent = await commandsDuring(() => burst(contestant));
      commands.set(contestant, sent.length / CONTENDERS);
    }
    return { sleeps, bursts, commands };
  });
}

async function inSeveralProcesses(url: string, rounds: number): Promise<Bursts> {
  return withProcesses(url, PROCESSES, (burst) =>
    inTurns(lockContestants, rounds, async ({ name }) =>
      burstOf(await burst({ contestant: name, arrivals: arrivals(), sectionMs: SECTION_MS })),
    ),
  );
}

function arrivals(): number[] {
  // Time enough for an order to reach the other processes.
  const firstAt = machineNow() + 20;
  return Array.from({ length: CONTENDERS }, (_, i) => firstAt + i);
}

/** What no lock can beat: as many sections, one after the other. */
async function bareSleeps(): Promise<Burst> {
  const begunAt = machineNow();
  for (let i = 0; i < CONTENDERS; i += 1) await sleep(SECTION_MS);
  return { totalMs: machineNow() - begunAt, inversions: 0 };
}
