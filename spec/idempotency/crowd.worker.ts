import { createClient, IdempotencyStore } from '../../src/index.js';

/** What one of the crowd saw: for each key the values that its callers got. */
export type CrowdReport = {
  readonly values: readonly (readonly unknown[])[];
  readonly runs: number;
};

// Calls run many times for each of many keys, all at once, and counts in Redis what was executed.
const [url, namespace, keys, callers] = process.argv.slice(2) as [string, string, string, string];
const redis = await createClient({ url, namespace });
const store = new IdempotencyStore(redis);
process.send?.('ready');
await new Promise((resolve) => process.once('message', resolve));

let runs = 0;
const call = async (i: number) => {
  const work = async () => {
    runs += 1;
    return `${i} by ${process.pid} as ${await redis.incr(`${namespace}:executed:${i}`)}`;
  };
  return (await store.run(`key-${i}`, work)).value;
};
const values = await Promise.all(
  Array.from({ length: Number(keys) }, (_, i) =>
    Promise.all(Array.from({ length: Number(callers) }, () => call(i))),
  ),
);
process.send?.({ values, runs } satisfies CrowdReport);
await redis.quit();
process.disconnect();
