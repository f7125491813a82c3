import { type Codec, seal, unseal } from '../codec/codec.js';
import { CacheSerializationError, isCacheSerializationError } from '../errors/index.js';
import type { ResultKinds } from '../result/result-adapter.js';
import type { StoredOutcome } from './record-gateway.js';

/** What becomes of a returned value. */
export type Written =
  | { readonly status: 'storable'; readonly outcome: StoredOutcome }
  /** A failed result: nothing is stored and the claim is given up. */
  | { readonly status: 'failure' }
  /** Too large or not serializable: the key is completed without a result. */
  | {
      readonly status: 'unstorable';
      readonly outcome: StoredOutcome;
      readonly error: CacheSerializationError;
    };

/** Turns what work returned into what a record holds, and back. */
export class ResultWriter {
  readonly #codec: Codec;
  readonly #kinds: ResultKinds;
  readonly #maxBytes: number;

  constructor(codec: Codec, kinds: ResultKinds, maxBytes: number) {
    this.#codec = codec;
    this.#kinds = kinds;
    this.#maxBytes = maxBytes;
  }

  /** Never throws for a value that can't be stored: that is one of the answers. */
  write(key: string, returned: unknown): Written {
    const { kind, isSuccess, value } = this.#kinds.read(returned);
    if (!isSuccess) return { status: 'failure' };
    try {
      return {
        status: 'storable',
        outcome: { state: 'completed', kind, result: this.#encode(key, value) },
      };
    } catch (error) {
      if (!isCacheSerializationError(error)) throw error;
      return { status: 'unstorable', outcome: { state: 'completed-without-result' }, error };
    }
  }

  /**
   * For a value stored without a run: it replays as a success, in the store's own kind of results.
   *
   * @throws {@link CacheSerializationError} when the value is too large, not serializable or a
   *   failed result
   */
  writeUnclaimed(key: string, value: unknown): { kind: string; result: string } {
    const outcome = this.#kinds.readGiven(value);
    if (outcome.isSuccess) return { kind: outcome.kind, result: this.#encode(key, outcome.value) };
    throw new CacheSerializationError(
      `A failed result is never stored (idempotency key "${key}"). Store the value of a successful one.`,
    );
  }

  #encode(key: string, value: unknown): string {
    const text = seal(this.#codec, value);
    const bytes = Buffer.byteLength(text);
    if (bytes <= this.#maxBytes) return text;
    throw new CacheSerializationError(
      `The result of idempotency key "${key}" has ${bytes} bytes; maxResultBytes allows ${this.#maxBytes}.`,
    );
  }

  /** The stored value itself. */
  readValue(key: string, result: string): unknown {
    return unseal(this.#codec, result, `idempotency key "${key}"`);
  }

  /** The stored value in the kind in which it was first returned. */
  replay(key: string, kind: string, result: string): unknown {
    const revive = this.#kinds.reviver(kind);
    if (revive) return revive(this.readValue(key, result));
    throw new CacheSerializationError(
      `The result of idempotency key "${key}" is of kind "${kind}", which no result adapter here knows. Give the store the adapter that wrote it.`,
    );
  }
}
