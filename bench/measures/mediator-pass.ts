import { inTurns } from '../contest/in-turns.js';
import type { Findings, Measure, Stage } from '../contest/measure.js';
import { withClients } from '../contest/open-clients.js';
import type { Rates } from '../contest/race.js';
import { perSecond } from '../contest/rate.js';
import {
  bareMediator,
  type MediatorContestant,
  qxMediator,
  withEmptyBehaviors,
} from '../peers/mediator/index.js';
import { byName } from '../report/format.js';
import { type Field, rateTable, rateTarget } from '../report/rates.js';

const ROUNDS = 9;
const UNIT = 'requests a second';
const field: Field<MediatorContestant> = {
  ours: qxMediator,
  limits: [bareMediator, withEmptyBehaviors],
  peers: [],
};
const contestants = [bareMediator, withEmptyBehaviors, qxMediator];

/** What the plugin costs those who don't use it. */
export const mediatorPass: Measure = {
  name: 'mediator-pass',
  title: 'A request that did not opt in',
  about:
    'A query without a key or a lock is sent to a handler that answers at once, with Redis never asked. The bare mediator is that of mediatr-ts, on the same container of inversify, with no behavior, and with two that only call `next()`.',
  contestants,
  run,
};

async function run({ url, rounds = ROUNDS }: Stage): Promise<Findings> {
  const results: Rates<MediatorContestant>[] = [];
  await withClients(url, contestants, async (opened) => {
    for (const inFlight of [1, 64]) {
      const samples = await inTurns(contestants, rounds, (one) => {
        const { listBehaviors, send } = opened(one);
        listBehaviors();
        return perSecond(send, inFlight);
      });
      results.push({ caption: `${inFlight} in flight`, samples });
    }
  });
  return {
    rounds,
    tables: results.map((rates) => rateTable(rates, UNIT, field)),
    targets: results.map((rates) => rateTarget(rates, qxMediator, withEmptyBehaviors, 0.8)),
    remarks: [],
    samples: results.map(({ caption, samples }) => ({
      case: caption,
      requestsPerSecond: byName(samples),
    })),
  };
}
