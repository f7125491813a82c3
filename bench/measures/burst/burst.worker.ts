/** One of the processes whose contenders meet at a lock. */
import { Redis } from 'ioredis';
import { answerOrders } from '../../contest/worker-process.js';
import { type LockOf, lockContestant } from '../../peers/lock/index.js';
import { contend, type Turn } from './contend.js';

export interface BurstOrder {
  readonly url: string;
  readonly contestant: string;
  readonly lock: string;
  readonly arrivals: readonly number[];
  readonly sectionMs: number;
}

const opened = new Map<string, LockOf>();

answerOrders(async (order: BurstOrder): Promise<Turn[]> => {
  const { url, contestant, lock, arrivals, sectionMs } = order;
  const lockOf = opened.get(contestant) ?? (await lockContestant(contestant).open(new Redis(url)));
  opened.set(contestant, lockOf);
  return contend(
    arrivals.map(() => lockOf(lock)),
    arrivals,
    sectionMs,
  );
});
