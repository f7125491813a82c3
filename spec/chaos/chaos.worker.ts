import { openSync, writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { completeScript } from '../../src/idempotency/scripts/complete.js';
import { createClient, IdempotencyStore } from '../../src/index.js';
import {
  historySeconds,
  type IdempotencyHistoryEntry,
  recordIdempotencyHistory,
} from '../../src/testing/index.js';
import { withBug } from '../support/broken-scripts.js';
import { seededRandom } from '../support/random.js';
import type { ChaosWork } from './chaos-plan.js';

// Callers that ask for all keys one after another, each beginning at another one. What they see is
// appended to a file, so that it outlives a kill.
const work = JSON.parse(process.argv[2] ?? '') as ChaosWork;
const { url, namespace, name, seed, keys, callers, leaseSeconds } = work;
const file = openSync(work.file, 'a');
const write = (entry: IdempotencyHistoryEntry) =>
  void writeSync(file, `${JSON.stringify(entry)}\n`);

/** A process that got no processor for a while stood still like one that was stopped. */
function watchForPauses(): void {
  let last = historySeconds();
  setInterval(() => {
    const now = historySeconds();
    if (now - last > leaseSeconds / 4) {
      write({ type: 'stopped', at: last, process: name });
      write({ type: 'continued', at: now, process: name });
    }
    last = now;
  }, 25).unref();
}

/** Connections may be cut while a process starts, too. */
async function connect(): ReturnType<typeof createClient> {
  try {
    return await createClient({ url, namespace });
  } catch {
    return connect();
  }
}

watchForPauses();
const redis = await connect();
const unfenced = "if current[1] and current[2] ~= owner then return { 'lost' } end";
const client = work.isUnfenced
  ? withBug(redis, { script: completeScript, instead: unfenced, has: '' })
  : redis;
const store = new IdempotencyStore(client, { namespace, leaseSeconds, ttlSeconds: 600 });
const recorded = recordIdempotencyHistory(store, { process: name, write });
process.send?.('ready');
await new Promise((resolve) => process.once('message', resolve));

async function call(caller: number): Promise<void> {
  const random = seededRandom(seed + caller);
  const first = Math.floor((caller * keys) / callers);
  for (let i = 0; i < keys; i += 1) {
    const key = `key-${(first + i) % keys}`;
    const onInProgress = random.chance(0.05) ? 'reject' : 'wait';
    const isLong = random.chance(work.isUnfenced ? 1 : 0.1);
    const seconds = isLong ? leaseSeconds * (1 + random.next()) : random.next() * 0.4;
    const isFailing = random.chance(work.isUnfenced ? 0 : 0.25);
    const once = async () => {
      await sleep(seconds * 1000);
      if (isFailing) throw new Error('declined');
      return `${name}, caller ${caller}`;
    };
    // What it was answered stands in the history; a caller goes on in any case.
    await recorded.run(key, once, { onInProgress, waitSeconds: 60 }).catch(() => {});
  }
}

await Promise.all(Array.from({ length: callers }, (_, caller) => call(caller)));
await redis.quit();
process.disconnect();
