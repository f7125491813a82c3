import type { Findings, Measure, Stage } from '../contest/measure.js';
import { withClients } from '../contest/open-clients.js';
import { type Race, runRaces } from '../contest/race.js';
import {
  bareScripts,
  floor,
  type IdempotencyContestant,
  idempotencyPeers,
  qxCache,
} from '../peers/idempotency/index.js';
import { byName } from '../report/format.js';
import { type Field, rateRemarks, rateTable } from '../report/rates.js';
import { firstRuns, replays } from './idempotency/operations.js';
import { payloadOf, SIZES } from './payload/payload.js';

const ROUNDS = 3;
const UNIT = 'runs a second';
const field: Field<IdempotencyContestant> = {
  ours: qxCache,
  limits: [floor, bareScripts],
  peers: idempotencyPeers,
};
const contestants = [floor, bareScripts, qxCache, ...idempotencyPeers];

/** How the size of results counts. */
export const payloadIdempotency: Measure = {
  name: 'payload-idempotency',
  title: 'Results of 100 B, 10 KB and 1 MB',
  about: 'One caller runs work that returns a list of order lines, and replays it.',
  contestants,
  run,
};

async function run({ url, rounds = ROUNDS }: Stage): Promise<Findings> {
  const results = await withClients(url, contestants, async (opened) => {
    const races: Race<IdempotencyContestant>[] = [];
    for (const { label, bytes } of SIZES) {
      const payload = payloadOf(bytes);
      const work = () => Promise.resolve(payload);
      const first = contestants.map((one) => [one, firstRuns(opened(one), work)] as const);
      const again = await Promise.all(
        contestants.map(async (one) => {
          const options = { callers: 1, name: `payload-${bytes}` };
          return [one, await replays(opened(one), work, options)] as const;
        }),
      );
      races.push({ caption: `First run, ${label}`, inFlight: 1, operations: new Map(first) });
      races.push({ caption: `Replay, ${label}`, inFlight: 1, operations: new Map(again) });
    }
    return runRaces(races, rounds);
  });
  return {
    rounds,
    tables: results.map((rates) => rateTable(rates, UNIT, field)),
    targets: [],
    remarks: results.flatMap((rates) => rateRemarks(rates, UNIT, field)),
    samples: results.map(({ caption, samples }) => ({
      case: caption,
      runsPerSecond: byName(samples),
    })),
  };
}
