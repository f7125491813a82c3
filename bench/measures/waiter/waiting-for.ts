import { randomUUID } from 'node:crypto';
import { startWorker } from '../../contest/worker-process.js';
import type { LockOf } from '../../peers/lock/index.js';
import type { WaiterOrder, Waiting } from './waiter.worker.js';

const worker = new URL('./waiter.worker.ts', import.meta.url);

/** Holds a lock while callers of another process wait for it. */
export async function waitingFor(
  lockOf: LockOf,
  order: Omit<WaiterOrder, 'lock'>,
): Promise<Waiting> {
  // Those of the last round are dead, and still in the queue.
  const lock = `held-${randomUUID()}`;
  const release = await lockOf(lock)();
  const process = startWorker<WaiterOrder, Waiting>(worker);
  try {
    return await process.ask({ ...order, lock });
  } finally {
    await process.end();
    await release();
  }
}
