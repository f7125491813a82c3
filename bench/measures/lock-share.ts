import { setTimeout as sleep } from 'node:timers/promises';
import { inTurns } from '../contest/in-turns.js';
import type { Findings, Measure, Stage, Target } from '../contest/measure.js';
import { withClients } from '../contest/open-clients.js';
import { spreadOf } from '../contest/spread.js';
import { type Acquire, lockContestants, qxCache } from '../peers/lock/index.js';
import { byName, figure, spread } from '../report/format.js';
import { whoWins } from '../report/who-wins.js';

const ROUNDS = 3;
const CONTENDERS = 20;
const ROUND_SECONDS = 4;
const SECTION_MS = 2;
const FAIR = { least: 0.9, most: 1.1 };

/** How many turns each contender got, as a part of what would be fair. */
type Shares = readonly number[];

/** Whether all that come back again and again get the same. */
export const lockShare: Measure = {
  name: 'lock-share',
  title: 'A lock that 20 callers want all the time',
  about: `${CONTENDERS} callers of one process acquire the lock, hold it for a timer of ${SECTION_MS} ms, release it and ask again, for ${ROUND_SECONDS} seconds. The share of a caller is how many turns it got, of what it would get if all got the same: 1 is fair, 0 is never.`,
  contestants: lockContestants,
  run,
};

async function run({ url, rounds = ROUNDS }: Stage): Promise<Findings> {
  const turns = await withClients(url, lockContestants, (opened) =>
    inTurns(lockContestants, rounds, (contestant) =>
      turnsOfEach(Array.from({ length: CONTENDERS }, () => opened(contestant)('share'))),
    ),
  );
  const shares = new Map([...turns].map(([one, all]) => [one, all.map(sharesOf)]));
  const rows = [...turns].map(([one, all]) => {
    const each = shares.get(one) ?? [];
    return [
      one.name,
      spread(spreadOf(each.map((round) => Math.min(...round)))),
      spread(spreadOf(each.map((round) => Math.max(...round)))),
      spread(spreadOf(all.map((round) => sum(round) / ROUND_SECONDS))),
    ];
  });
  const perSecond = new Map(
    [...turns].map(([one, all]) => [one, spreadOf(all.map(sum)).median / ROUND_SECONDS]),
  );
  return {
    rounds,
    tables: [
      {
        caption: `${CONTENDERS} callers in one process`,
        head: ['', 'smallest share', 'largest share', 'turns a second, of all'],
        rows,
      },
    ],
    targets: targetsOf((shares.get(qxCache) ?? []).flat()),
    remarks: whoWins('Turns a second', perSecond, qxCache, 'high'),
    samples: { turnsOfEachCaller: byName(turns) },
  };
}

async function turnsOfEach(locks: readonly Acquire[]): Promise<number[]> {
  const endAt = performance.now() + ROUND_SECONDS * 1000;
  return Promise.all(
    locks.map(async (acquire) => {
      let turns = 0;
      while (performance.now() < endAt) {
        const release = await acquire();
        // Those that still waited at the end get in, too, but that does not count.
        const isInTime = performance.now() < endAt;
        if (isInTime) await sleep(SECTION_MS);
        await release();
        if (isInTime) turns += 1;
      }
      return turns;
    }),
  );
}

function sharesOf(turns: readonly number[]): Shares {
  const fair = sum(turns) / turns.length;
  return turns.map((own) => own / fair);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, n) => total + n, 0);
}

function targetsOf(shares: Shares): Target[] {
  const { min, max } = spreadOf(shares);
  return [
    {
      what: 'share of each caller, in any round',
      wanted: `${FAIR.least}–${FAIR.most}`,
      got: `${figure(min)}–${figure(max)}`,
      isMet: min >= FAIR.least && max <= FAIR.most,
    },
  ];
}
