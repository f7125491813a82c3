import {
  createClient,
  IdempotencyStore,
  isQxCacheError,
  type RunOptions,
} from '../../src/index.js';

/** What this owner tells. */
export type OwnerReport =
  | { readonly type: 'started'; readonly attempt: number; readonly token: number }
  | { readonly type: 'returned'; readonly value: unknown; readonly replayed: boolean }
  | { readonly type: 'failed'; readonly code: string; readonly isAborted: boolean };

// Runs one key, whose work goes on until a message says what to return.
const [url, namespace, key, options] = process.argv.slice(2) as [string, string, string, string];
const redis = await createClient({ url, namespace });
const store = new IdempotencyStore(redis);
const tell = (report: OwnerReport) => process.send?.(report);
const finished = new Promise((resolve) => process.once('message', resolve));

let signal: AbortSignal | undefined;
try {
  const work = async (claim: Parameters<Parameters<typeof store.run>[1]>[0]) => {
    signal = claim.signal;
    tell({ type: 'started', attempt: claim.attempt, token: claim.token });
    return finished;
  };
  const outcome = await store.run(key, work, JSON.parse(options) as RunOptions);
  tell({ type: 'returned', ...outcome });
} catch (error) {
  const code = isQxCacheError(error) ? error.code : String(error);
  tell({ type: 'failed', code, isAborted: signal?.aborted ?? false });
}
await redis.quit();
process.disconnect();
