/** A process of which callers wait for a lock that somebody holds all the time. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { commandsDuring } from '../../contest/count-commands.js';
import { heapUsed } from '../../contest/heap.js';
import { answerOrders } from '../../contest/worker-process.js';
import { lockContestant } from '../../peers/lock/index.js';

export interface WaiterOrder {
  readonly url: string;
  readonly contestant: string;
  readonly lock: string;
  readonly waiters: number;
  readonly seconds: number;
}

export interface Waiting {
  readonly commandsPerSecond: number;
  readonly heapBytes: number;
}

/** Until all have asked, and stand where they stand. */
const SETTLE_MS = 1000;
/** And for each of them. */
const SETTLE_EACH_MS = 0.2;

answerOrders(async ({ url, contestant, lock, waiters, seconds }: WaiterOrder): Promise<Waiting> => {
  const redis = new Redis(url);
  const { open, isShared } = lockContestant(contestant);
  const lockOf = await open(redis);
  // What is made only once is not a waiter's.
  const release = await lockOf(`${lock}:warm-up`)();
  await release();

  let entered = 0;
  const onEntered = () => {
    entered += 1;
  };
  // The process is ended while they wait.
  const shared = isShared ? lockOf(lock) : undefined;
  const acquire = () => (shared ?? lockOf(lock))();
  const settled = () => sleep(SETTLE_MS + waiters * SETTLE_EACH_MS);
  for (let i = 0; i < waiters; i += 1) void acquire().then(onEntered);
  await settled();
  const sentAt = await commandsDuring(() => sleep(seconds * 1000));
  // What a crowd makes the engine compile and optimize is no waiter's either: as many again are counted.
  const before = heapUsed();
  for (let i = 0; i < waiters; i += 1) void acquire();
  await settled();
  const heapBytes = heapUsed() - before;
  if (entered > 0) throw new Error(`${entered} got the lock, though somebody held it.`);
  return { commandsPerSecond: rateOf(sentAt), heapBytes };
});

/** From the first to the last: where the time for counting ends between two of them is chance. */
function rateOf(sentAt: readonly number[]): number {
  const spanMs = (sentAt.at(-1) ?? 0) - (sentAt[0] ?? 0);
  return spanMs > 0 ? ((sentAt.length - 1) * 1000) / spanMs : 0;
}
