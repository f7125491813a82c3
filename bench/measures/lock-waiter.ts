import { inTurns } from '../contest/in-turns.js';
import type { Findings, Measure, Stage, Table, Target } from '../contest/measure.js';
import { withClients } from '../contest/open-clients.js';
import { spreadOf } from '../contest/spread.js';
import { type LockContestant, lockContestants, qxCache } from '../peers/lock/index.js';
import { byName, figure, spread } from '../report/format.js';
import { whoWins } from '../report/who-wins.js';
import type { Waiting } from './waiter/waiter.worker.js';
import { waitingFor } from './waiter/waiting-for.js';

const ROUNDS = 2;
const CROWDS = [1, 100, 1000] as const;
/** With fewer, what else lies in the heap counts for more than they do. */
const ENOUGH_FOR_HEAP = 100;
const ROUND_SECONDS = 2.5;
/** What a caller may take of the heap. */
const MOST_HEAP_BYTES = 2048;

type Samples = ReadonlyMap<LockContestant, readonly Waiting[]>;

/** What it costs to wait. */
export const lockWaiter: Measure = {
  name: 'lock-waiter',
  title: 'Waiting for a lock that is held',
  about: `One process waits for a lock that another one holds, with 1 to ${CROWDS.at(-1)} callers. Counted is what the waiting process sends to Redis within ${ROUND_SECONDS} seconds, and what of its heap as many callers again take, after a garbage collection.`,
  contestants: lockContestants,
  run,
};

async function run({ url, rounds = ROUNDS }: Stage): Promise<Findings> {
  const crowds: { waiters: number; samples: Samples }[] = [];
  await withClients(url, lockContestants, async (opened) => {
    for (const waiters of CROWDS) {
      const samples = await inTurns(lockContestants, rounds, (contestant) =>
        waitingFor(opened(contestant), {
          url,
          contestant: contestant.name,
          waiters,
          seconds: ROUND_SECONDS,
        }),
      );
      crowds.push({ waiters, samples });
    }
  });
  return {
    rounds,
    tables: crowds.map(({ waiters, samples }) => tableOf(waiters, samples)),
    targets: crowds.flatMap(({ waiters, samples }) => targetsOf(waiters, samples)),
    remarks: crowds.flatMap(({ waiters, samples }) => remarksOf(waiters, samples)),
    samples: crowds.map(({ waiters, samples }) => ({ waiters, ...byName(samples) })),
  };
}

function tableOf(waiters: number, samples: Samples): Table {
  const withHeap = waiters >= ENOUGH_FOR_HEAP;
  const head = ['', 'commands a second', 'the same a caller'];
  return {
    caption: waiters === 1 ? '1 caller' : `${figure(waiters)} callers`,
    head: withHeap ? [...head, 'bytes of heap a caller'] : head,
    rows: [...samples].map(([{ name }, all]) => {
      const rates = spreadOf(all.map(({ commandsPerSecond }) => commandsPerSecond));
      const row = [name, spread(rates), figure(rates.median / waiters)];
      return withHeap
        ? [...row, spread(spreadOf(all.map(({ heapBytes }) => heapBytes / waiters)))]
        : row;
    }),
  };
}

function targetsOf(waiters: number, samples: Samples): Target[] {
  const all = samples.get(qxCache) ?? [];
  const { max } = spreadOf(all.map(({ commandsPerSecond }) => commandsPerSecond));
  const crowd = `${figure(waiters)} waiting`;
  const rate = {
    what: `commands a second, ${crowd}, in any round`,
    wanted: '< 1',
    got: figure(max),
    isMet: max < 1,
  };
  if (waiters < ENOUGH_FOR_HEAP) return [rate];
  const heap = spreadOf(all.map(({ heapBytes }) => heapBytes / waiters)).median;
  const what = `bytes of heap a caller, ${crowd}`;
  const isMet = heap < MOST_HEAP_BYTES;
  return [rate, { what, wanted: `< ${MOST_HEAP_BYTES}`, got: figure(heap), isMet }];
}

function remarksOf(waiters: number, samples: Samples): string[] {
  const figuresOf = (pick: (waiting: Waiting) => number) =>
    new Map([...samples].map(([one, all]) => [one, spreadOf(all.map(pick)).median]));
  const rates = figuresOf(({ commandsPerSecond }) => commandsPerSecond);
  const heap = figuresOf(({ heapBytes }) => heapBytes / waiters);
  const crowd = `with ${figure(waiters)} waiting`;
  return [
    ...whoWins(`Commands a second, ${crowd}`, rates, qxCache, 'low'),
    ...(waiters >= ENOUGH_FOR_HEAP
      ? whoWins(`Bytes of heap a caller, ${crowd}`, heap, qxCache, 'low')
      : []),
  ];
}
