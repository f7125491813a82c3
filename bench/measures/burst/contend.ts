import { setTimeout as sleep } from 'node:timers/promises';
import { machineNow } from '../../contest/clock.js';
import type { Acquire } from '../../peers/lock/index.js';

/** One contender's way through the lock, in milliseconds of the machine's clock. */
export interface Turn {
  readonly askedAt: number;
  readonly enteredAt: number;
  readonly releasedAt: number;
}

/** Lets contenders come at their times, each through a lock object of its own. */
export async function contend(
  locks: readonly Acquire[],
  arrivals: readonly number[],
  sectionMs: number,
): Promise<Turn[]> {
  return Promise.all(
    locks.map(async (acquire, i) => {
      await sleep((arrivals[i] ?? 0) - machineNow());
      const askedAt = machineNow();
      const release = await acquire();
      const enteredAt = machineNow();
      await sleep(sectionMs);
      await release();
      return { askedAt, enteredAt, releasedAt: machineNow() };
    }),
  );
}
