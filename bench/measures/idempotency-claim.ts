import { inTurns } from '../contest/in-turns.js';
import type { Findings, Measure, Stage } from '../contest/measure.js';
import { withClients } from '../contest/open-clients.js';
import type { Rates } from '../contest/race.js';
import {
  bareClaims,
  type ClaimContestant,
  floorClaims,
  qxClaims,
} from '../peers/idempotency/index.js';
import { byName } from '../report/format.js';
import { type Field, rateTable, rateTarget } from '../report/rates.js';
import { type Halves, halvesPerSecond } from './idempotency/halves.js';

const ROUNDS = 7;
const field: Field<ClaimContestant> = {
  ours: qxClaims,
  limits: [floorClaims, bareClaims],
  peers: [],
};
const contestants = [floorClaims, bareClaims, qxClaims];

/** What each half of a first run costs. */
export const idempotencyClaim: Measure = {
  name: 'idempotency-claim',
  title: 'The two halves of a first run: claim and complete',
  about:
    'Each of 1 or 64 callers claims keys that nobody used before, then all of these claims are completed. Other libraries have no halves to call.',
  contestants,
  run,
};

async function run({ url, rounds = ROUNDS }: Stage): Promise<Findings> {
  const results: Rates<ClaimContestant>[] = [];
  await withClients(url, contestants, async (opened) => {
    for (const inFlight of [1, 64]) {
      const halves = await inTurns(contestants, rounds, (one) =>
        halvesPerSecond(opened(one), inFlight),
      );
      results.push(ratesOf(`Claim, ${inFlight} in flight`, halves, ({ claims }) => claims));
      results.push(
        ratesOf(`Complete, ${inFlight} in flight`, halves, ({ completes }) => completes),
      );
    }
  });
  return {
    rounds,
    tables: results.map((rates) => rateTable(rates, 'a second', field)),
    targets: results.flatMap((rates) =>
      [bareClaims, floorClaims].map((limit) => rateTarget(rates, qxClaims, limit, 0.9)),
    ),
    remarks: [],
    samples: results.map(({ caption, samples }) => ({ case: caption, perSecond: byName(samples) })),
  };
}

function ratesOf(
  caption: string,
  halves: ReadonlyMap<ClaimContestant, readonly Halves[]>,
  pick: (halves: Halves) => number,
): Rates<ClaimContestant> {
  return { caption, samples: new Map([...halves].map(([one, all]) => [one, all.map(pick)])) };
}
