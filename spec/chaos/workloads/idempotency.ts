import { setTimeout as sleep } from 'node:timers/promises';
import { IdempotencyStore } from '../../../src/index.js';
import {
  historySeconds,
  type IdempotencyHistoryEntry,
  recordIdempotencyHistory,
} from '../../../src/testing/index.js';
import { checkIdempotency, isNeverKey } from '../checks/check-idempotency.js';
import { askAgain } from './ask-again.js';
import { LEASE_SECONDS, type LoadContext, type Workload } from './workload.js';

/** All processes ask for the same keys meanwhile, in seconds; then for others. */
const epochSeconds = 2;
const keysPerEpoch = 40;
const waitSeconds = 15;

function recordedStore({ redis, namespace, process, write }: LoadContext) {
  const options = { namespace, leaseSeconds: LEASE_SECONDS, ttlSeconds: 3600 };
  return recordIdempotencyHistory(new IdempotencyStore(redis, options), { process, write });
}

/** Callers that run keys which others run too. */
export const idempotency: Workload = {
  name: 'idempotency',
  callers: 10,
  start(context) {
    const store = recordedStore(context);
    return async (random) => {
      const latest = Math.floor((historySeconds() - context.startedAt) / epochSeconds);
      // Now and then one that was done long ago: its result must still be there.
      const epoch = random.chance(0.1) ? random.below(latest + 1) : latest;
      const kind = random.chance(0.1) ? 'never' : 'key';
      const key = `${kind}-${epoch}-${random.below(keysPerEpoch)}`;
      const isLong = random.chance(0.1);
      const seconds = isLong ? LEASE_SECONDS * (1 + random.next()) : random.next() * 0.3;
      const isFailing = random.chance(0.2);
      const work = async () => {
        context.holds();
        await sleep(seconds * 1000);
        if (isFailing) throw Object.assign(new Error('declined'), { code: 'DECLINED' });
        return `${context.process}, ${historySeconds()}`;
      };
      const onInProgress = random.chance(0.05) ? 'reject' : 'wait';
      const takeover = kind === 'never' ? 'never' : 'after-lease';
      // What it was answered stands in the history; a caller goes on in any case.
      await store.run(key, work, { onInProgress, waitSeconds, takeover }).catch(() => {});
      await sleep(random.next() * 100);
    };
  },

  /** Every key has a result, or gets one. */
  async goOn(context, history) {
    const store = recordedStore(context);
    await askAgain(history, (key) => {
      const takeover = isNeverKey(key) ? 'never' : 'after-lease';
      return store.run(key, async () => 'afterwards', { waitSeconds, takeover });
    });
  },

  check: (history, circumstances) =>
    checkIdempotency(history as readonly IdempotencyHistoryEntry[], circumstances),
};
