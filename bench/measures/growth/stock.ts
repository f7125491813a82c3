import { Redis } from 'ioredis';
import type { IdempotencyContestant } from '../../peers/idempotency/index.js';
import { work } from '../order.js';

/** What one contestant has stored. */
export interface Stock {
  /** Stores more. @returns how many bytes all of it takes, of the memory of Redis */
  growTo(keys: number): Promise<number>;
  /** Replays a key at random. */
  replay(): Promise<unknown>;
}

/** How many a contestant makes itself; all others are copies. */
const MOST_SEEDS = 1000;
/** How many copies one script makes, for it holds Redis up. */
const BATCH = 10_000;

/** Copies each of the given keys, under names that end in from … to. */
const COPY = `
for _, seed in ipairs(KEYS) do
  for i = tonumber(ARGV[1]), tonumber(ARGV[2]) do redis.call('COPY', seed, seed .. ':' .. i) end
end
`;

/** Gives each contestant a database of its own: the tables of keys of others don't count as its. */
export async function withStocks<T>(
  url: string,
  contestants: readonly IdempotencyContestant[],
  work: (stocks: ReadonlyMap<IdempotencyContestant, Stock>) => Promise<T>,
): Promise<T> {
  const clients = contestants.map((_, db) => new Redis(String(new URL(`/${db}`, url))));
  try {
    const stocks = new Map<IdempotencyContestant, Stock>();
    for (const [i, contestant] of contestants.entries()) {
      const client = clients[i];
      if (client) stocks.set(contestant, await stockOf(client, contestant));
    }
    return await work(stocks);
  } finally {
    await Promise.all(clients.map((client) => client.quit()));
  }
}

async function stockOf(redis: Redis, contestant: IdempotencyContestant): Promise<Stock> {
  const runOnce = await contestant.open(redis);
  const keyOf = (seed: number) => `order-${seed}`;
  let seeds = 0;
  let bytes = 0;
  let copiesOfEach = 0;
  let names: string[] | undefined;

  const grow = async (keys: number) => {
    for (; seeds < Math.min(keys, MOST_SEEDS); seeds += 1) await runOnce(keyOf(seeds), work);
    const wanted = Math.round(keys / seeds) - 1;
    if (wanted <= copiesOfEach) return;
    // Before the first copy, nothing else is there.
    names ??= await redis.keys('*');
    if (names.length !== seeds) throw new Error(`${names.length} records of ${seeds} runs.`);
    const at = Math.max(1, Math.round(BATCH / seeds));
    for (let from = copiesOfEach + 1; from <= wanted; from += at)
      await redis.eval(COPY, seeds, ...names, from, Math.min(wanted, from + at - 1));
    copiesOfEach = wanted;
  };

  return {
    async growTo(keys) {
      const before = await usedMemory(redis);
      await grow(keys);
      bytes += (await usedMemory(redis)) - before;
      return bytes;
    },
    replay: () => runOnce(keyOf(Math.floor(Math.random() * seeds)), work),
  };
}

async function usedMemory(redis: Redis): Promise<number> {
  const info = await redis.info('memory');
  return Number(/^used_memory:(\d+)/m.exec(info)?.[1]);
}
