import { startWorker } from '../../contest/worker-process.js';
import type { BurstOrder } from './burst.worker.js';
import type { Turn } from './contend.js';

type Burst = (order: Omit<BurstOrder, 'url' | 'lock'>) => Promise<Turn[]>;

/** Gives `work` what lets contenders of several processes meet at one lock, each taking turns. */
export async function withProcesses<T>(
  url: string,
  count: number,
  work: (burst: Burst) => Promise<T>,
): Promise<T> {
  const file = new URL('./burst.worker.ts', import.meta.url);
  const workers = Array.from({ length: count }, () => startWorker<BurstOrder, Turn[]>(file));
  try {
    return await work(async (order) => {
      const turns = await Promise.all(
        workers.map((worker, w) =>
          worker.ask({
            ...order,
            url,
            lock: 'burst-of-processes',
            arrivals: order.arrivals.filter((_, i) => i % count === w),
          }),
        ),
      );
      return turns.flat();
    });
  } finally {
    await Promise.all(workers.map((worker) => worker.end()));
  }
}
