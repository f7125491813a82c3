import type { Point } from '../contest/chart.js';
import { inTurns } from '../contest/in-turns.js';
import type { Findings, Measure, Stage, Table, Target } from '../contest/measure.js';
import { withClients } from '../contest/open-clients.js';
import { spreadOf } from '../contest/spread.js';
import { qxCache as qxStore } from '../peers/idempotency/index.js';
import { qxCache as qxLock } from '../peers/lock/index.js';
import { figure, spread } from '../report/format.js';
import { type Answers, withWaiters } from './answers/answers.js';
import type { Waiting } from './waiter/waiter.worker.js';
import { waitingFor } from './waiter/waiting-for.js';

const ROUNDS = 2;
const CROWDS = [1, 10, 100, 1_000, 10_000] as const;
/** With fewer, what else lies in the heap counts for more than they do. */
const ENOUGH_FOR_HEAP = 100;
const LOCK_SECONDS = 2.5;
const MOST_HEAP_BYTES = 2048;

/** What more waiters do. */
export const growthWaiters: Measure = {
  name: 'growth-waiters',
  title: 'From 1 to 10,000 waiters',
  about:
    'So many callers of one process wait for the result that another process works on, as in `idempotency-waiter`, or for a lock that another process holds, as in `lock-waiter`.',
  contestants: [qxStore, qxLock],
  isApart: true,
  run,
};

interface Crowd {
  readonly waiters: number;
  readonly answers: readonly Answers[];
  readonly locks: readonly Waiting[];
}

async function run({ url, rounds = ROUNDS }: Stage): Promise<Findings> {
  const crowds: Crowd[] = [];
  for (const waiters of CROWDS) {
    const answers = await withClients(url, [qxStore], (opened) =>
      withWaiters((answersOf) =>
        inTurns([qxStore], rounds, (one) =>
          answersOf(opened(one), { url, contestant: one.name, waiters }),
        ),
      ),
    );
    const locks = await withClients(url, [qxLock], (opened) =>
      inTurns([qxLock], rounds, (one) =>
        waitingFor(opened(one), { url, contestant: one.name, waiters, seconds: LOCK_SECONDS }),
      ),
    );
    crowds.push({
      waiters,
      answers: answers.get(qxStore) ?? [],
      locks: locks.get(qxLock) ?? [],
    });
  }
  return {
    rounds,
    tables: [answersTable(crowds), locksTable(crowds)],
    targets: crowds.flatMap(targetsOf),
    remarks: [],
    charts: [
      {
        name: 'growth-waiters',
        title: 'More waiters',
        kind: 'lines',
        figures: 'milliseconds',
        over: 'waiters',
        points: crowds.flatMap(pointsOf),
      },
    ],
    samples: crowds,
  };
}

function answersTable(crowds: readonly Crowd[]): Table {
  return {
    caption: 'Waiting for a result',
    head: ['waiters', 'ms to the last answer', 'commands a waiter', 'bytes of heap a waiter'],
    rows: crowds.map(({ waiters, answers }) => [
      figure(waiters),
      spread(spreadOf(answers.map(({ lastMs }) => lastMs))),
      spread(spreadOf(answers.map(({ commands }) => commands / waiters))),
      heap(waiters, answers),
    ]),
  };
}

function locksTable(crowds: readonly Crowd[]): Table {
  return {
    caption: 'Waiting for a lock',
    head: ['waiters', 'commands a second, of all', 'bytes of heap a waiter'],
    rows: crowds.map(({ waiters, locks }) => [
      figure(waiters),
      spread(spreadOf(locks.map(({ commandsPerSecond }) => commandsPerSecond))),
      heap(waiters, locks),
    ]),
  };
}

interface WithHeap {
  readonly heapBytes: number;
}

function heap(waiters: number, samples: readonly WithHeap[]): string {
  return waiters < ENOUGH_FOR_HEAP ? '' : spread(heapOfOne(waiters, samples));
}

function heapOfOne(waiters: number, samples: readonly WithHeap[]) {
  return spreadOf(samples.map(({ heapBytes }) => heapBytes / waiters));
}

function targetsOf({ waiters, answers, locks }: Crowd): Target[] {
  if (waiters < 1000) return [];
  const targetOf = (what: string, samples: readonly WithHeap[]) => {
    const got = heapOfOne(waiters, samples).median;
    return {
      what: `bytes of heap a waiter, ${figure(waiters)} waiting for ${what}`,
      wanted: `< ${MOST_HEAP_BYTES}`,
      got: figure(got),
      isMet: got < MOST_HEAP_BYTES,
    };
  };
  return [targetOf('a result', answers), targetOf('a lock', locks)];
}

function pointsOf({ waiters, answers }: Crowd): Point[] {
  const { median, min, max } = spreadOf(answers.map(({ lastMs }) => lastMs));
  const point = { panel: 'to the last answer', who: qxStore.name, role: 'ours' } as const;
  return [{ ...point, x: waiters, y: median, low: min, high: max }];
}
