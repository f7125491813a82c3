import type { IdempotencyHistoryEntry } from '../../../src/testing/index.js';
import { inBatches } from '../in-batches.js';
import type { Entry } from './workload.js';

/** Asks once more for each key of a history; what comes of it is written down, not thrown. */
export async function askAgain(
  history: readonly Entry[],
  ask: (key: string) => Promise<unknown>,
): Promise<void> {
  const entries = history as readonly IdempotencyHistoryEntry[];
  const keys = new Set(entries.flatMap((entry) => (entry.type === 'called' ? [entry.key] : [])));
  await inBatches(keys, (key) => ask(key).catch(() => {}));
}
