import { inTurns } from '../contest/in-turns.js';
import type { Findings, Measure, Stage, Table } from '../contest/measure.js';
import { withClients } from '../contest/open-clients.js';
import { spreadOf } from '../contest/spread.js';
import {
  type IdempotencyContestant,
  qxCache,
  waitingContestants,
} from '../peers/idempotency/index.js';
import { byName, figure, spread } from '../report/format.js';
import { whoWins } from '../report/who-wins.js';
import { type Answers, withWaiters } from './answers/answers.js';

const ROUNDS = 3;
const CROWDS = [1, 100, 1000] as const;

type Samples = ReadonlyMap<IdempotencyContestant, readonly Answers[]>;

/** How soon callers get the result of another one, and what it costs to wait. */
export const idempotencyWaiter: Measure = {
  name: 'idempotency-waiter',
  title: 'Waiting for the result of another caller',
  about:
    'One process runs work for a key, while 1 to 1,000 callers of another process ask for the same key. Time runs from the end of the work to the answer of a caller. Commands are what the waiting process sends from its first ask to its last answer, while the work takes a second more; they are counted in runs of their own.',
  contestants: waitingContestants,
  run,
};

async function run({ url, rounds = ROUNDS }: Stage): Promise<Findings> {
  const crowds: { waiters: number; samples: Samples }[] = [];
  await withClients(url, waitingContestants, (opened) =>
    withWaiters(async (answersOf) => {
      for (const waiters of CROWDS) {
        const samples = await inTurns(waitingContestants, rounds, (one) =>
          answersOf(opened(one), { url, contestant: one.name, waiters }),
        );
        crowds.push({ waiters, samples });
      }
    }),
  );
  return {
    rounds,
    tables: crowds.map(({ waiters, samples }) => tableOf(waiters, samples)),
    targets: [],
    remarks: crowds.flatMap(({ waiters, samples }) => remarksOf(waiters, samples)),
    samples: crowds.map(({ waiters, samples }) => ({ waiters, ...byName(samples) })),
  };
}

function tableOf(waiters: number, samples: Samples): Table {
  return {
    caption: waiters === 1 ? '1 caller waits' : `${figure(waiters)} callers wait`,
    head: ['', 'ms to the median answer', 'ms to the last answer', 'commands a caller'],
    rows: [...samples].map(([{ name }, all]) => [
      name,
      spread(spreadOf(all.map(({ medianMs }) => medianMs))),
      spread(spreadOf(all.map(({ lastMs }) => lastMs))),
      spread(spreadOf(all.map(({ commands }) => commands / waiters))),
    ]),
  };
}

function remarksOf(waiters: number, samples: Samples): string[] {
  const last = new Map(
    [...samples].map(([one, all]) => [one, spreadOf(all.map(({ lastMs }) => lastMs)).median]),
  );
  const where = `Milliseconds to the last answer, with ${figure(waiters)} waiting`;
  return whoWins(where, last, qxCache, 'low');
}
