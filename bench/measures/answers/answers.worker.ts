/** A process of which callers ask for a key that another process works on. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { median } from 'simple-statistics';
import { machineNow } from '../../contest/clock.js';
import { commandsDuring } from '../../contest/count-commands.js';
import { answerOrders } from '../../contest/worker-process.js';
import { idempotencyContestant } from '../../peers/idempotency/index.js';

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

/** When they got it, by the clock of the machine, and what they sent. */
export interface Answered {
  readonly medianAt: number;
  readonly lastAt: number;
  readonly commands: number;
}

/** Until all have asked. */
const SETTLE_MS = 500;

let waiting: Promise<Answered> | undefined;

answerOrders(async (order: AnswersOrder): Promise<Answered | undefined> => {
  if (order.is === 'wait') return waiting;
  const { url, contestant, key, waiters } = order;
  const runOnce = await idempotencyContestant(contestant).open(new Redis(url));
  // Connections that are made at the first use are not part of it.
  await runOnce(`${key}-warm-up`, async () => 1);
  const at: number[] = [];
  const ask = async () => {
    await runOnce(key, async () => {
      throw new Error('Somebody else runs this.');
    });
    at.push(machineNow());
  };
  const all = () => Promise.all(Array.from({ length: waiters }, ask));
  const counted = order.isCounted ? commandsDuring(all) : all().then(() => []);
  waiting = counted.then((sentAt) => ({
    medianAt: median(at),
    lastAt: Math.max(...at),
    commands: sentAt.length,
  }));
  await sleep(SETTLE_MS);
  return undefined;
});
