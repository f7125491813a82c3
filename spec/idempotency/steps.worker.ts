import { type Claim, createClient, IdempotencyStore } from '../../src/index.js';

/** What this owner tells: a step of it runs, or the run is over. */
export type StepsReport =
  | { readonly type: 'step'; readonly name: string; readonly key: string }
  | { readonly type: 'returned'; readonly value: unknown }
  | { readonly type: 'failed'; readonly reason: string };

// Runs one key, whose work is steps; it stands still in the step named "stop" until it is killed.
const [url, namespace, key, names] = process.argv.slice(2) as [string, string, string, string];
const redis = await createClient({ url, namespace });
const store = new IdempotencyStore(redis, { leaseSeconds: 0.5 });
const tell = (report: StepsReport) => process.send?.(report);

async function work(claim: Claim): Promise<string[]> {
  const values: string[] = [];
  for (const name of names.split(',')) {
    const value = await claim.step(name, async (step) => {
      tell({ type: 'step', name, key: step.key });
      if (name === 'stop') await new Promise(() => {});
      return `${name} of attempt ${claim.attempt}`;
    });
    values.push(value);
  }
  return values;
}

await store.run(key, work).then(
  ({ value }) => tell({ type: 'returned', value }),
  (error) => tell({ type: 'failed', reason: String(error) }),
);
await redis.quit();
process.disconnect();
