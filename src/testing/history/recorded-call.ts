import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IdempotencyEvent } from '../../diagnostics/index.js';
import { isIdempotencyClaimLostError } from '../../errors/index.js';
import type { Claim } from '../../idempotency/index.js';
import {
  type AnswerEntry,
  type CallEntry,
  historySeconds,
  type RunEndedEntry,
  type RunStartedEntry,
} from './history-entry.js';

/** A value as a history has it. */
export interface Described {
  readonly isSuccess: boolean;
  readonly text: string;
}

type EntryOfCall = CallEntry | RunStartedEntry | RunEndedEntry | AnswerEntry;
type WithoutStamp<Entry> = Entry extends unknown
  ? Omit<Entry, 'at' | 'process' | 'call' | 'key'>
  : never;

/** One call on its way from `called` to `answered`, and the run that may belong to it. */
export class RecordedCall {
  readonly #key: string;
  readonly #write: (entry: WithoutStamp<EntryOfCall>) => void;
  readonly #describe: (value: unknown) => Described;
  #isStored = true;
  #isUnrecorded = false;
  readonly #listen = (message: unknown) => {
    const { event, key } = message as IdempotencyEvent;
    if (event === 'unrecorded' && key === this.#key) this.#isUnrecorded = true;
  };

  constructor(
    stamp: { readonly process: string; readonly call: string; readonly key: string },
    write: (entry: EntryOfCall) => void,
    describe: (value: unknown) => Described,
  ) {
    this.#key = stamp.key;
    this.#write = (entry) => write({ ...entry, at: historySeconds(), ...stamp } as EntryOfCall);
    this.#describe = describe;
    this.#write({ type: 'called' });
  }

  /** Whether the value of its run is to be stored, as far as its caller decides. */
  get isStored(): boolean {
    return this.#isStored;
  }

  /** Does the work of the run between two entries. */
  async during<T>(
    claim: Claim,
    work: (claim: Claim) => Promise<T>,
    storeWhen: (value: T) => boolean,
  ): Promise<T> {
    const { attempt, token } = claim;
    this.#write({ type: 'run-started', attempt, token });
    try {
      const value = await work(claim);
      const { isSuccess, text } = this.#describe(value);
      this.#isStored = storeWhen(value) && isSuccess;
      const outcome = this.#isStored ? 'returned' : 'threw';
      this.#write({ type: 'run-ended', outcome, value: text });
      // From now on, and not while steps may be unrecorded, it is about the result.
      subscribe('qx-cache:idempotency', this.#listen);
      return value;
    } catch (error) {
      const isLost = isIdempotencyClaimLostError(claim.signal.reason);
      this.#write({ type: 'run-ended', outcome: isLost ? 'lost' : 'threw' });
      throw error;
    }
  }

  answered(value: unknown, replayed: boolean): void {
    this.#end({
      type: 'answered',
      value: this.#describe(value).text,
      replayed,
      ...(this.#isUnrecorded && { unrecorded: true }),
    });
  }

  failed(error: unknown): void {
    const { code, name } = error as { code?: unknown; name?: unknown };
    this.#end({ type: 'answered', code: String(code ?? name ?? error) });
  }

  #end(entry: WithoutStamp<AnswerEntry>): void {
    unsubscribe('qx-cache:idempotency', this.#listen);
    this.#write(entry);
  }
}
