import type { Findings, Measure, Stage } from '../contest/measure.js';
import { withClients } from '../contest/open-clients.js';
import { type Race, type Rates, runRaces } from '../contest/race.js';
import type { Operation } from '../contest/rate.js';
import {
  type CacheContestant,
  type Caching,
  cachePeers,
  cachesWithMemory,
  floor,
  qxCache,
} from '../peers/cache/index.js';
import { ratesChart } from '../report/charts/rates-chart.js';
import { byName } from '../report/format.js';
import { type Field, rateRemarks, rateTable } from '../report/rates.js';
import { ORDER } from './order.js';

const ROUNDS = 5;
const UNIT = 'calls a second';
const field: Field<CacheContestant> = {
  ours: qxCache,
  limits: [floor],
  peers: cachePeers,
  others: cachesWithMemory,
};
const contestants = [floor, qxCache, ...cachePeers, ...cachesWithMemory];

const cases: readonly { readonly name: string; operation(cache: Caching): Operation }[] = [
  { name: 'get', operation: (cache) => (caller) => cache.get(`key-${caller}`) },
  { name: 'set', operation: (cache) => (caller) => cache.set(`key-${caller}`, ORDER) },
  {
    name: 'getOrSet, a hit',
    operation: (cache) => (caller) => cache.getOrSet(`key-${caller}`, loadAgain),
  },
];

/** What a value costs. */
export const cacheBasic: Measure = {
  name: 'cache-basic',
  title: 'A cache: get, set, getOrSet',
  about:
    'Each of 1 or 64 callers reads or writes a key of its own, of which the value is an object of about 100 bytes.',
  contestants,
  run,
};

async function run({ url, rounds = ROUNDS }: Stage): Promise<Findings> {
  const results = await withClients(url, contestants, async (opened) => {
    const races: Race<CacheContestant>[] = [];
    for (const one of contestants) await fill(opened(one));
    for (const inFlight of [1, 64]) {
      for (const { name, operation } of cases) {
        const operations = new Map(contestants.map((one) => [one, operation(opened(one))]));
        races.push({ caption: `${name}, ${inFlight} in flight`, inFlight, operations });
      }
    }
    return runRaces(races, rounds);
  });
  return {
    rounds,
    tables: results.map((rates) => rateTable(rates, UNIT, field)),
    targets: [],
    remarks: results.flatMap((rates) => rateRemarks(rates, UNIT, field)),
    charts: [ratesChart('cache', 'A cache', UNIT, results.map(withoutMemory), field)],
    samples: results.map(({ caption, samples }) => ({
      case: caption,
      callsPerSecond: byName(samples),
    })),
  };
}

async function fill(cache: Caching): Promise<void> {
  await Promise.all(Array.from({ length: 64 }, (_, i) => cache.set(`key-${i}`, ORDER)));
}

async function loadAgain(): Promise<never> {
  throw new Error('The value was not there.');
}

/** On one scale with what comes from memory, nothing else could be told apart. */
function withoutMemory(rates: Rates<CacheContestant>): Rates<CacheContestant> {
  const samples = [...rates.samples].filter(([one]) => !cachesWithMemory.includes(one));
  return { ...rates, samples: new Map(samples) };
}
