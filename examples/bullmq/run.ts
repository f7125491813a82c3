import { randomUUID } from 'node:crypto';
import { on } from 'node:events';
import { Queue, QueueEvents, Worker } from 'bullmq';
import { createClient, IdempotencyStore } from 'qx-cache';
import { once } from './once.js';

interface Charge {
  readonly order: string;
  readonly cents: number;
}

export interface Outcome {
  /** Jobs that BullMQ completed. */
  readonly completed: number;
  /** Charges that were made: a receipt each. */
  readonly charged: number;
  /** Different receipts that the jobs returned. */
  readonly receipts: number;
}

/**
 * Some orders, each of which is put into the queue three times: a producer that crashed before it had
 * noted what it sent. BullMQ knows an id only while it keeps the job; the store knows it for an hour.
 */
export async function runCharges(url: string, orders = 20): Promise<Outcome> {
  // A queue of this run alone.
  const name = `charges-${randomUUID().slice(0, 8)}`;
  const connection = { url, maxRetriesPerRequest: null };
  const redis = await createClient(url);
  const store = new IdempotencyStore(redis, { ttlSeconds: 3600 });

  let charged = 0;
  const charge = once<Charge, string>(store, async (job) => {
    charged++;
    return `receipt ${charged} for ${job.data.order}`;
  });
  const workers = [1, 2].map(() => new Worker(name, charge, { connection, concurrency: 5 }));
  const queue = new Queue<Charge, string>(name, { connection });
  const events = new QueueEvents(name, { connection });

  const failed = new AbortController();
  events.on('failed', ({ failedReason }) => failed.abort(new Error(failedReason)));
  const completions = on(events, 'completed', { signal: failed.signal });

  const receipts: string[] = [];
  try {
    await events.waitUntilReady();
    for (let delivery = 0; delivery < 3; delivery++) {
      await queue.addBulk(
        Array.from({ length: orders }, (_, i) => ({
          name: 'charge',
          data: { order: `order-${i}`, cents: 500 + i },
          // The key, therefore not left to BullMQ, which counts.
          opts: { jobId: `order-${i}`, removeOnComplete: true },
        })),
      );
      while (receipts.length < orders * (delivery + 1)) {
        const [{ returnvalue }] = (await completions.next()).value;
        receipts.push(returnvalue);
      }
    }
    return { completed: receipts.length, charged, receipts: new Set(receipts).size };
  } finally {
    await Promise.all(workers.map((worker) => worker.close()));
    await queue.obliterate({ force: true });
    await Promise.all([queue.close(), events.close()]);
    await redis.quit();
  }
}
