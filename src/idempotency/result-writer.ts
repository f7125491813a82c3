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

/** What becomes of what a step returned. */
export type WrittenStep =
  | { readonly status: 'storable'; readonly text: string }
  | Exclude<Written, { status: 'storable' }>;

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
    try {
      const { kind, isSuccess, value } = this.#kinds.read(returned);
      if (!isSuccess) return { status: 'failure' };
      return {
        status: 'storable',
        outcome: { state: 'completed', kind, result: this.#encode(key, value) },
      };
    } catch (error) {
      const outcome = { state: 'completed-without-result' } as const;
      return { status: 'unstorable', outcome, error: toSerializationError(key, error) };
    }
  }

  /**
   * For a value stored without a run: it replays as a success, in the store's own kind of results.
   *
   * @throws {@link CacheSerializationError} when the value is too large, not serializable or a
   *   failed result
   */
  writeUnclaimed(key: string, value: unknown): { kind: string; result: string } {
    try {
      const { kind, isSuccess, value: inner } = this.#kinds.readGiven(value);
      if (isSuccess) return { kind, result: this.#encode(key, inner) };
    } catch (error) {
      throw toSerializationError(key, error);
    }
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

  /** What a step returned, with its kind in front: one text. */
  writeStep(key: string, returned: unknown): WrittenStep {
    const written = this.write(key, returned);
    if (written.status !== 'storable') return written;
    const { kind, result } = written.outcome;
    return { status: 'storable', text: `${kind}\n${result}` };
  }

  /** The opposite of {@link ResultWriter.writeStep}. */
  replayStep(key: string, text: string): Promise<unknown> {
    const end = text.indexOf('\n');
    return this.replay(key, text.slice(0, end), text.slice(end + 1));
  }

  /** The stored value itself. */
  readValue(key: string, result: string): unknown {
    return unseal(this.#codec, result, `idempotency key "${key}"`);
  }

  /**
   * The stored value in the kind in which it was first returned.
   *
   * @param schema what the value has to pass
   */
  async replay(
    key: string,
    kind: string,
    result: string,
    schema?: StandardSchemaV1,
  ): Promise<unknown> {
    const revive = this.#kinds.reviver(kind);
    if (revive) {
      const value = this.readValue(key, result);
      const origin = `What is stored for idempotency key "${key}"`;
      return revive(schema ? await passThrough(schema, value, origin) : value);
    }
    throw new CacheSerializationError(
      `The result of idempotency key "${key}" is of kind "${kind}", which no result adapter here knows. Give the store the adapter that wrote it.`,
    );
  }
}

/** What a codec or an adapter throws is theirs to choose. After the work ran it must not look like a failure. */
function toSerializationError(key: string, error: unknown): CacheSerializationError {
  if (isCacheSerializationError(error)) return error;
  return new CacheSerializationError(
    `The result of idempotency key "${key}" can't be stored: the codec or a result adapter threw.`,
    { cause: error },
  );
}
