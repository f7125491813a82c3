import { randomUUID } from 'node:crypto';
import { machineNow } from '../../contest/clock.js';
import { startWorker } from '../../contest/worker-process.js';
import type { StampedeOrder, StampedePart } from './stampede.worker.js';

/** What one stampede showed, over all processes. */
export interface Stampede {
  readonly totalMs: number;
  readonly loads: number;
  readonly commands: number;
}

type Begin = (
  order: Pick<StampedeOrder, 'url' | 'contestant' | 'callers' | 'loadMs'>,
) => Promise<Stampede>;

const worker = new URL('./stampede.worker.ts', import.meta.url);
/** Time enough for an order to reach all processes, and for clients to connect. */
const HEAD_START_MS = 100;

/** Gives `work` what lets callers of several processes miss a key at the same time. */
export async function stampedeIn<T>(
  processes: number,
  work: (begin: Begin) => Promise<T>,
): Promise<T> {
  const workers = Array.from({ length: processes }, () =>
    startWorker<StampedeOrder, StampedePart>(worker),
  );
  try {
    return await work(async (order) => {
      const parts = async (isCounted: boolean) => {
        const beginAt = machineNow() + HEAD_START_MS;
        const all = { ...order, key: `missing-${randomUUID()}`, beginAt, isCounted };
        return { beginAt, parts: await Promise.all(workers.map((one) => one.ask(all))) };
      };
      const timed = await parts(false);
      const counted = await parts(true);
      return {
        totalMs: Math.max(...timed.parts.map(({ endedAt }) => endedAt)) - timed.beginAt,
        loads: sum(timed.parts.map(({ loads }) => loads)),
        commands: sum(counted.parts.map(({ commands }) => commands)),
      };
    });
  } finally {
    await Promise.all(workers.map((one) => one.end()));
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, n) => total + n, 0);
}
