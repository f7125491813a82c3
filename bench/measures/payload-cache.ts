import type { Findings, Measure, Stage } from '../contest/measure.js';
import { withClients } from '../contest/open-clients.js';
import { type Race, runRaces } from '../contest/race.js';
import { type CacheContestant, cachePeers, floor, qxCache } from '../peers/cache/index.js';
import { byName } from '../report/format.js';
import { type Field, rateRemarks, rateTable } from '../report/rates.js';
import { payloadOf, SIZES } from './payload/payload.js';

const ROUNDS = 3;
const UNIT = 'calls a second';
const field: Field<CacheContestant> = { ours: qxCache, limits: [floor], peers: cachePeers };
const contestants = [floor, qxCache, ...cachePeers];

/** How the size of values counts. */
export const payloadCache: Measure = {
  name: 'payload-cache',
  title: 'Values of 100 B, 10 KB and 1 MB',
  about: 'One caller sets a list of order lines, and gets it.',
  contestants,
  run,
};

async function run({ url, rounds = ROUNDS }: Stage): Promise<Findings> {
  const results = await withClients(url, contestants, async (opened) => {
    const races: Race<CacheContestant>[] = [];
    for (const { label, bytes } of SIZES) {
      const key = `payload-${bytes}`;
      const payload = payloadOf(bytes);
      const set = contestants.map((one) => [one, () => opened(one).set(key, payload)] as const);
      const get = contestants.map((one) => [one, () => opened(one).get(key)] as const);
      races.push({ caption: `set, ${label}`, inFlight: 1, operations: new Map(set) });
      races.push({ caption: `get, ${label}`, inFlight: 1, operations: new Map(get) });
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
      callsPerSecond: byName(samples),
    })),
  };
}
