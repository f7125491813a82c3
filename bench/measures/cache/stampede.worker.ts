/** One of the processes whose callers miss the same key at once. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { machineNow } from '../../contest/clock.js';
import { commandsDuring } from '../../contest/count-commands.js';
import { answerOrders } from '../../contest/worker-process.js';
import { type Caching, cacheContestant } from '../../peers/cache/index.js';
import { ORDER } from '../order.js';

export interface StampedeOrder {
  readonly url: string;
  readonly contestant: string;
  readonly key: string;
  readonly callers: number;
  readonly loadMs: number;
  /** When all begin, by the clock of the machine. */
  readonly beginAt: number;
  /** Counting slows down: whether to count instead of taking the time. */
  readonly isCounted: boolean;
}

export interface StampedePart {
  readonly endedAt: number;
  readonly loads: number;
  readonly commands: number;
}

const opened = new Map<string, Caching>();

answerOrders(async (order: StampedeOrder): Promise<StampedePart> => {
  const { url, contestant, key, callers, loadMs } = order;
  const cache = opened.get(contestant) ?? (await cacheContestant(contestant).open(new Redis(url)));
  opened.set(contestant, cache);
  // Connections that are made at the first use are not part of it.
  await cache.get('warm-up');
  await sleep(order.beginAt - machineNow());
  let loads = 0;
  const load = async () => {
    loads += 1;
    await sleep(loadMs);
    return ORDER;
  };
  const all = () => Promise.all(Array.from({ length: callers }, () => cache.getOrSet(key, load)));
  const commands = order.isCounted ? (await commandsDuring(all)).length : 0;
  if (!order.isCounted) await all();
  return { endedAt: machineNow(), loads, commands };
});
