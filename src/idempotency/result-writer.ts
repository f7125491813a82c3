import { type Codec, seal, unseal } from '../codec/codec.js';
import { passThrough, type StandardSchemaV1 } from '../codec/standard-schema.js';
import { CacheSerializationError, isCacheSerializationError } from '../errors/index.js';
import type { ResultKinds } from '../result/result-adapter.js';
import type { StoredOutcome } from './record-gateway.js';

/** What becomes of a returned value. */
export type Written =
  | { readonly status: 'storable'; readonly outcome: StoredOutcome & { state: 'completed' } }
  /** A failed result: nothing is stored and the claim is given up. */
  | { readonly status: 'failure' }
  /** Too large or not serializable: the key is completed without a result. */
  | {
      readonly status: 'unstorable';
      readonly outcome: StoredOutcome;
      readonly error: CacheSerializationError;
    };

/** A result of a whole run, for messages. */
export function subjectOf(key: string): string {
  return `idempotency key "${key}"`;
}

/**
 * Turns what work returned into what a record holds, and back. `subject` says what a result is of, for
 * messages.
 */
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
  write(subject: string, returned: unknown): Written {
    try {
      const { kind, isSuccess, value } = this.#kinds.read(returned);
      if (!isSuccess) return { status: 'failure' };
      return {
        status: 'storable',
        outcome: { state: 'completed', kind, result: this.#encode(subject, value) },
      };
    } catch (error) {
      const outcome = { state: 'completed-without-result' } as const;
      return { status: 'unstorable', outcome, error: toSerializationError(subject, error) };
    }
  }

  /**
   * For a value stored without a run: it replays as a success, in the store's own kind of results.
   *
   * @throws {@link CacheSerializationError} when the value is too large, not serializable or a
   *   failed result
   */
  writeUnclaimed(subject: string, value: unknown): { kind: string; result: string } {
    try {
      const { kind, isSuccess, value: inner } = this.#kinds.readGiven(value);
      if (isSuccess) return { kind, result: this.#encode(subject, inner) };
    } catch (error) {
      throw toSerializationError(subject, error);
    }
    throw new CacheSerializationError(
      `A failed result is never stored (${subject}). Store the value of a successful one.`,
    );
  }

  #encode(subject: string, value: unknown): string {
    const text = seal(this.#codec, value);
    const bytes = Buffer.byteLength(text);
    if (bytes <= this.#maxBytes) return text;
    throw new CacheSerializationError(
      `The result of ${subject} has ${bytes} bytes; maxResultBytes allows ${this.#maxBytes}.`,
    );
  }

  /** The stored value itself. */
  readValue(subject: string, result: string): unknown {
    return unseal(this.#codec, result, subject);
  }

  /**
   * The stored value in the kind in which it was first returned.
   *
   * @param schema what the value has to pass
   */
  async replay(
    subject: string,
    kind: string,
    result: string,
    schema?: StandardSchemaV1,
  ): Promise<unknown> {
    const revive = this.#kinds.reviver(kind);
    if (revive) {
      const value = this.readValue(subject, result);
      const origin = `What is stored for ${subject}`;
      return revive(schema ? await passThrough(schema, value, origin) : value);
    }
    throw new CacheSerializationError(
      `The result of ${subject} is of kind "${kind}", which no result adapter here knows. Give the store the adapter that wrote it.`,
    );
  }
}

/** What a codec or an adapter throws is theirs to choose. After the work ran it must not look like a failure. */
function toSerializationError(subject: string, error: unknown): CacheSerializationError {
  if (isCacheSerializationError(error)) return error;
  return new CacheSerializationError(
    `The result of ${subject} can't be stored: the codec or a result adapter threw.`,
    { cause: error },
  );
}
