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
}

export interface Crowd {
  readonly url: string;
  readonly contestant: string;
  readonly waiters: number;
}

const worker = new URL('./answers.worker.ts', import.meta.url);
/** How much longer the work takes while commands are counted. */
const COUNTED_MS = 1000;

/** Runs work while others wait for its result: once for the time, once to count. */
export async function answersOf(runOnce: RunOnce, crowd: Crowd): Promise<Answers> {
  const timed = await round(runOnce, { ...crowd, isCounted: false });
  const counted = await round(runOnce, { ...crowd, isCounted: true });
  return {
    medianMs: timed.medianAt - timed.endedAt,
    lastMs: timed.lastAt - timed.endedAt,
    commands: counted.commands,
  };
}

async function round(runOnce: RunOnce, crowd: Crowd & { readonly isCounted: boolean }) {
  const key = `wait-${randomUUID()}`;
  const others = startWorker<AnswersOrder, Answered | undefined>(worker);
  try {
    let endedAt = 0;
    await runOnce(key, async () => {
      await others.ask({ is: 'ask', key, ...crowd });
      if (crowd.isCounted) await sleep(COUNTED_MS);
      endedAt = machineNow();
      return ORDER;
    });
    const answered = await others.ask({ is: 'wait' });
    if (!answered) throw new Error('Nobody waited.');
    return { ...answered, endedAt };
  } finally {
    await others.end();
  }
}
