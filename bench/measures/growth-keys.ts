import { inTurns } from '../contest/in-turns.js';
import type { Findings, Measure, Stage, Table } from '../contest/measure.js';
import { spreadOf } from '../contest/spread.js';
import {
  floor,
  type IdempotencyContestant,
  idempotencyPeers,
  qxCache,
} from '../peers/idempotency/index.js';
import { pointOf } from '../report/charts/rates-chart.js';
import { byName, figure, spread } from '../report/format.js';
import { whoWins } from '../report/who-wins.js';
import { type Latency, latencyOf } from './growth/latency.js';
import { type Stock, withStocks } from './growth/stock.js';

const ROUNDS = 5;
const SIZES = [10, 1_000, 100_000, 1_000_000, 10_000_000] as const;
const MOST_KEYS = 1_000_000;
const WHY_FEWER_BYTES =
  'Theirs is one string; a record of qx-cache is a hash of several fields, which Redis keeps as a table, and no longer as a list, once its result has more than 64 bytes.';
const contestants = [floor, qxCache, ...idempotencyPeers];
const field = { ours: qxCache, limits: [floor], peers: idempotencyPeers };

/** What more stored keys do. */
export const growthKeys: Measure = {
  name: 'growth-keys',
  title: 'From 10 to 10 million stored keys',
  about:
    'Each contestant has so many completed records of 100 bytes in a database of its own on one server: at most 1,000 that it made itself, and copies of them under other keys. Bytes are what the memory of Redis grew by, for a record; with few of them, what Redis keeps beside them counts most. Time is that of one replay after the other, of keys at random. A run stores up to 1,000,000 keys for each; `--keys 10000000` goes on to ten million, which takes about 17 GB and some minutes.',
  contestants,
  isApart: true,
  run,
};

interface Level {
  readonly size: number;
  readonly bytes: ReadonlyMap<IdempotencyContestant, number>;
  readonly latencies: ReadonlyMap<IdempotencyContestant, readonly Latency[]>;
}

async function run({ url, rounds = ROUNDS, keys = MOST_KEYS }: Stage): Promise<Findings> {
  const levels = await withStocks(url, contestants, (stocks) =>
    measureLevels(
      stocks,
      SIZES.filter((size) => size <= keys),
      rounds,
    ),
  );
  return {
    rounds,
    tables: levels.map(tableOf),
    targets: [],
    remarks: levels.slice(-1).flatMap(remarksOf),
    charts: [
      {
        name: 'growth-keys',
        title: 'More stored keys',
        kind: 'lines',
        figures: 'µs a replay (median)',
        over: 'stored keys',
        points: levels.flatMap(({ size, latencies }) =>
          [...latencies].map(([one, all]) => ({
            ...pointOf(
              'a replay',
              one,
              all.map(({ medianMicros }) => medianMicros),
              field,
            ),
            x: size,
          })),
        ),
      },
    ],
    samples: levels.map(({ size, bytes, latencies }) => ({
      keys: size,
      bytesARecord: byName(bytes),
      latency: byName(latencies),
    })),
  };
}

async function measureLevels(
  stocks: ReadonlyMap<IdempotencyContestant, Stock>,
  sizes: readonly number[],
  rounds: number,
): Promise<Level[]> {
  const levels: Level[] = [];
  for (const size of sizes) {
    const bytes = new Map<IdempotencyContestant, number>();
    for (const [one, stock] of stocks) bytes.set(one, (await stock.growTo(size)) / size);
    const turns = await inTurns([...stocks], rounds, ([, stock]) => latencyOf(stock.replay));
    const latencies = new Map([...turns].map(([[one], all]) => [one, all]));
    levels.push({ size, bytes, latencies });
  }
  return levels;
}

function tableOf({ size, bytes, latencies }: Level): Table {
  return {
    caption: `${size.toLocaleString('en')} keys`,
    head: ['', 'bytes a record', 'µs a replay, median', '99 %'],
    rows: [...latencies].map(([one, all]) => [
      one.name,
      figure(bytes.get(one) ?? Number.NaN),
      spread(spreadOf(all.map(({ medianMicros }) => medianMicros))),
      spread(spreadOf(all.map(({ highMicros }) => highMicros))),
    ]),
  };
}

function remarksOf({ size, bytes, latencies }: Level): string[] {
  const peersAndOurs = [qxCache, ...idempotencyPeers];
  const only = (figures: ReadonlyMap<IdempotencyContestant, number>) =>
    new Map([...figures].filter(([one]) => peersAndOurs.includes(one)));
  const medians = [...latencies].map(
    ([one, all]) => [one, spreadOf(all.map(({ medianMicros }) => medianMicros)).median] as const,
  );
  const crowd = `with ${size.toLocaleString('en')} keys`;
  return [
    ...whoWins(`Bytes a record, ${crowd}`, only(bytes), qxCache, 'low', WHY_FEWER_BYTES),
    ...whoWins(`Microseconds a replay, ${crowd}`, only(new Map(medians)), qxCache, 'low'),
  ];
}
