import { standardCodec } from '../../codec/codec.js';
import type { Claim, RunOptions } from '../../idempotency/index.js';
import { type ResultAdapter, ResultKinds } from '../../result/result-adapter.js';
import type { IdempotencyHistoryEntry } from './history-entry.js';
import { type Described, RecordedCall } from './recorded-call.js';

/** What can be recorded: an `IdempotencyStore`, or anything else with such a `run`. */
export interface RunsOnce {
  run<T>(
    key: string,
    work: (claim: Claim) => Promise<T>,
    options?: RunOptions<T>,
  ): Promise<{ value: T; replayed: boolean }>;
}

/** How to record. */
export interface RecordOptions {
  /** The name of this process. One that is started again needs another; a process id will do. */
  readonly process: string;
  /**
   * Keeps an entry. It should be safe when this returns, so that a process that gets killed leaves
   * behind all that it did: append to a file with `appendFileSync`, for one.
   */
  readonly write: (entry: IdempotencyHistoryEntry) => void;
  /** The text of a value, the same for equal ones. Default: that of the standard codec. */
  readonly describe?: ((value: unknown) => string) | undefined;
  /** The result kinds of other libraries that the store was given: their failures are not stored. */
  readonly results?: readonly ResultAdapter[] | undefined;
}

let calls = 0;

/**
 * Gives a store whose runs write a history, for `checkIdempotencyHistory`. It does nothing else that
 * `store` alone would not do.
 *
 * @example
 * const recorded = recordIdempotencyHistory(store, {
 *   process: `${process.pid}`,
 *   write: (entry) => appendFileSync('history.ndjson', `${JSON.stringify(entry)}\n`),
 * });
 * await recorded.run('key', work);
 */
export function recordIdempotencyHistory(store: RunsOnce, options: RecordOptions): RunsOnce {
  const { process, write } = options;
  const describe = describer(options);
  return {
    async run(key, work, runOptions = {}) {
      calls += 1;
      const call = new RecordedCall({ process, call: `${process}#${calls}`, key }, write, describe);
      const { storeWhen = () => true } = runOptions;
      try {
        const outcome = await store.run(key, (claim) => call.during(claim, work, storeWhen), {
          ...runOptions,
          // Asked already, when the run ended: its entry tells.
          storeWhen: () => call.isStored,
        });
        call.answered(outcome.value, outcome.replayed);
        return outcome;
      } catch (error) {
        call.failed(error);
        throw error;
      }
    },
  };
}

function describer({ describe = textOf, results }: RecordOptions): (value: unknown) => Described {
  const kinds = new ResultKinds(results);
  return (returned) => {
    const { isSuccess, value } = kinds.read(returned);
    return { isSuccess, text: isSuccess ? describe(value) : 'a failed result' };
  };
}

function textOf(value: unknown): string {
  try {
    return standardCodec.encode(value);
  } catch {
    // A function, or an instance of a class the codec does not know: its own text has to do.
    return String(value);
  }
}
