import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from '../../support/random.js';
import { checkHolders } from '../checks/check-holders.js';
import type { HolderEntry } from '../checks/holder-history.js';
import type { Capacity } from '../checks/holder-rules.js';
import { visit, type Wish } from './holders.js';
import { LEASE_SECONDS, type LoadContext, type Workload } from './workload.js';

/** How locks, and the like, are made: their leases end often, and their waiters give up at times. */
export const lockOptions = { ttlSeconds: LEASE_SECONDS, waitSeconds: 8 };

/** Callers that go in and out, each by one of the wishes. */
export function holderWorkload(
  name: string,
  callers: number,
  capacity: Capacity,
  wishesOf: (context: LoadContext) => readonly Wish[],
): Workload {
  return {
    name,
    callers,
    start(context) {
      const wishes = wishesOf(context);
      return async (random) => {
        await visit(context, random.pick(wishes), random);
        await sleep(random.next() * 40);
      };
    },
    async goOn(context) {
      const random = seededRandom(0);
      for (const wish of wishesOf(context)) {
        for (let i = 0; i < 3; i += 1) await visit(context, wish, random);
      }
    },
    check: (history, circumstances) =>
      checkHolders(history as readonly HolderEntry[], capacity, circumstances),
  };
}
