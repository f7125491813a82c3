import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { machineNow } from '../../contest/clock.js';
import { startWorker } from '../../contest/worker-process.js';
import type { RunOnce } from '../../peers/idempotency/index.js';
import { ORDER } from '../order.js';
import type { Answered, AnswersOrder } from './answers.worker.js';

/** What one crowd of waiters showed. */
export interface Answers {
  readonly medianMs: number;
  readonly lastMs: number;
  readonly commands: number;
  /** What they took of the heap of their process while they waited. */
  readonly heapBytes: number;
}

export interface Crowd {
  readonly url: string;
  readonly contestant: string;
  readonly waiters: number;
}

const worker = new URL('./answers.worker.ts', import.meta.url);
/** How much longer the work takes while commands are counted. */
const COUNTED_MS = 700;

type AnswersOf = (runOnce: RunOnce, crowd: Crowd) => Promise<Answers>;

/** Gives `work` what lets a crowd wait in another process: once for the time, once to count. */
export async function withWaiters<T>(work: (answersOf: AnswersOf) => Promise<T>): Promise<T> {
  const others = startWorker<AnswersOrder, Answered | null>(worker);
  const round = async (runOnce: RunOnce, crowd: Crowd, isCounted: boolean) => {
    const key = `wait-${randomUUID()}`;
    let endedAt = 0;
    await runOnce(key, async () => {
      await others.ask({ is: 'ask', key, ...crowd, isCounted });
      if (isCounted) await sleep(COUNTED_MS);
      endedAt = machineNow();
      return ORDER;
    });
    const answered = await others.ask({ is: 'wait' });
    if (!answered) throw new Error('Nobody waited.');
    return { ...answered, endedAt };
  };
  try {
    return await work(async (runOnce, crowd) => {
      const timed = await round(runOnce, crowd, false);
      const counted = await round(runOnce, crowd, true);
      return {
        medianMs: timed.medianAt - timed.endedAt,
        lastMs: timed.lastAt - timed.endedAt,
        commands: counted.commands,
        heapBytes: counted.heapBytes,
      };
    });
  } finally {
    await others.end();
  }
}
