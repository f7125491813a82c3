import {
  createClient,
  IdempotencyStore,
  isQxCacheError,
  type RunOptions,
} from '../../src/index.js';
import type { OwnerReport } from './owner.worker.js';

/** What this owner is told to do with its run. */
export type ToldOwner =
  | { readonly do: 'return'; readonly value: unknown }
  | { readonly do: 'throw' }
  /** Blocks its event loop: no renewal, no message. */
  | { readonly do: 'block'; readonly seconds: number };

/** How it is started. */
export interface ToldOwnerOptions extends RunOptions {
  /** How far the clock of its machine is ahead. */
  readonly clockSkewSeconds?: number;
}

// Runs one key, as it is told.
const [url, namespace, key, options] = process.argv.slice(2) as [string, string, string, string];
const { clockSkewSeconds = 0, ...runOptions } = JSON.parse(options) as ToldOwnerOptions;
const realNow = Date.now;
Date.now = () => realNow() + clockSkewSeconds * 1000;
const redis = await createClient({ url, namespace });
const store = new IdempotencyStore(redis);
const tell = (report: OwnerReport) => process.send?.(report);

let signal: AbortSignal | undefined;
try {
  const outcome = await store.run(
    key,
    (claim) => {
      signal = claim.signal;
      return new Promise((resolve, reject) => {
        process.on('message', (told: ToldOwner) => {
          if (told.do === 'return') resolve(told.value);
          else if (told.do === 'throw') reject(new Error('declined'));
          else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, told.seconds * 1000);
        });
        tell({ type: 'started', attempt: claim.attempt, token: claim.token });
      });
    },
    runOptions,
  );
  tell({ type: 'returned', ...outcome });
} catch (error) {
  const code = isQxCacheError(error) ? error.code : String(error);
  tell({ type: 'failed', code, isAborted: signal?.aborted ?? false });
}
await redis.quit();
process.disconnect();
