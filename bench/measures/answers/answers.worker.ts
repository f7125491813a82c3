/** A process of which callers ask for a key that another process works on. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { median } from 'simple-statistics';
import { machineNow } from '../../contest/clock.js';
import { commandsDuring } from '../../contest/count-commands.js';
import { heapUsed } from '../../contest/heap.js';
import { answerOrders } from '../../contest/worker-process.js';
import { idempotencyContestant, type RunOnce } from '../../peers/idempotency/index.js';

export type AnswersOrder =
  /** Lets callers ask, and answers once they wait. */
  | {
      readonly is: 'ask';
      readonly url: string;
      readonly contestant: string;
      readonly key: string;
      readonly waiters: number;
      readonly isCounted: boolean;
    }
  /** Answers once all have got their answer. */
  | { readonly is: 'wait' };

/**
 * When they got it, by the clock of the machine; what they sent; and what of the heap they took, which
 * is only looked at while commands are counted.
 */
export interface Answered {
  readonly medianAt: number;
  readonly lastAt: number;
  readonly commands: number;
  readonly heapBytes: number;
}

/** Until all have asked. */
const SETTLE_MS = 300;
/** And for each of them. */
const SETTLE_EACH_MS = 0.2;

const run = async (): Promise<never> => {
  throw new Error('Somebody else runs this.');
};

const opened = new Map<string, RunOnce>();
let waiting: Promise<Answered> | undefined;

answerOrders(async (order: AnswersOrder): Promise<Answered | null> => {
  if (order.is === 'wait') return (await waiting) ?? null;
  const { url, contestant, key, waiters } = order;
  const runOnce =
    opened.get(contestant) ?? (await idempotencyContestant(contestant).open(new Redis(url)));
  opened.set(contestant, runOnce);
  const at: number[] = [];
  // Shared, so that a caller's own things are those of the library.
  const onAnswer = () => void at.push(machineNow());
  const ask = () => runOnce(key, run).then(onAnswer);
  const heapBefore = order.isCounted ? heapUsed() : 0;
  let heapBytes = 0;
  const all = () => Promise.all(Array.from({ length: waiters }, ask));
  const counted = order.isCounted ? commandsDuring(all) : all().then(() => []);
  waiting = counted.then((sentAt) => ({
    medianAt: median(at),
    lastAt: Math.max(...at),
    commands: sentAt.length,
    heapBytes,
  }));
  await sleep(SETTLE_MS + waiters * SETTLE_EACH_MS);
  if (order.isCounted) heapBytes = heapUsed() - heapBefore;
  return null;
});
