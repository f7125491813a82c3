import { Result } from './result.js';

/**
 * Teaches the library the `Result` type of another library (neverthrow, true-myth, ts-results-es,
 * effect, your own), in four lines.
 *
 * @example
 * const neverthrow: ResultAdapter = {
 *   matches: (x) => x instanceof Ok || x instanceof Err,
 *   isSuccess: (r) => (r as NeverthrowResult).isOk(),
 *   valueOf: (r) => (r as Ok<unknown, unknown>).value,
 *   success: (value) => ok(value),
 * };
 */
export interface ResultAdapter {
  /**
   * Stored beside a value, so that a replay gives the same kind back. Give one when a store knows
   * several adapters, on one line; without it the place in the list is the name.
   */
  readonly name?: string;
  /** Whether `x` is a result of this kind. Asked for every value that work returns. */
  matches(x: unknown): boolean;
  /** Whether the result is a success: only then its value is stored. */
  isSuccess(result: unknown): boolean;
  /** The value of a success: what is stored. */
  valueOf(result: unknown): unknown;
  /** Makes a success again, for a replay. */
  success(value: unknown): unknown;
}

/** Whether an object has the functions of an adapter. */
export function isResultAdapter(x: unknown): x is ResultAdapter {
  const adapter = (x ?? {}) as Record<string, unknown>;
  const parts = ['matches', 'isSuccess', 'valueOf', 'success'];
  return parts.every((part) => typeof adapter[part] === 'function');
}

/** What a returned value is: its kind, whether it counts as a success, and what would be stored. */
export interface Outcome {
  readonly kind: string;
  readonly isSuccess: boolean;
  readonly value: unknown;
}

const plainKind = 'plain';

const ownResult: ResultAdapter = {
  name: 'result',
  matches: Result.isResult,
  isSuccess: (result) => (result as Result<unknown>).isSuccess,
  valueOf: (result) => (result as Result<unknown>).value,
  success: (value) => Result.success(value),
};

/** The result kinds that one store understands: our own, then those of the adapters, in order. */
export class ResultKinds {
  readonly #adapters: ReadonlyMap<string, ResultAdapter>;

  constructor(adapters: readonly ResultAdapter[] = []) {
    this.#adapters = new Map(
      [ownResult, ...adapters].map((adapter, i) => [adapter.name ?? `adapter-${i}`, adapter]),
    );
  }

  /** Takes a returned value apart. A value that is no result at all counts as a success. */
  read(returned: unknown): Outcome {
    return this.#readResult(returned) ?? { kind: plainKind, isSuccess: true, value: returned };
  }

  /**
   * Takes a value apart that was not returned by work but given to `set`. One that is no result at
   * all replays as a success: of the first adapter, else of our own `Result`.
   */
  readGiven(value: unknown): Outcome {
    const [ownKind = plainKind, firstKind = ownKind] = this.#adapters.keys();
    return this.#readResult(value) ?? { kind: firstKind, isSuccess: true, value };
  }

  #readResult(returned: unknown): Outcome | undefined {
    for (const [kind, adapter] of this.#adapters) {
      if (!adapter.matches(returned)) continue;
      const isSuccess = adapter.isSuccess(returned);
      return { kind, isSuccess, value: isSuccess ? adapter.valueOf(returned) : undefined };
    }
    return undefined;
  }

  /** Puts a stored value into its kind again; `undefined` when no adapter of that kind is known. */
  reviver(kind: string): ((value: unknown) => unknown) | undefined {
    if (kind === plainKind) return (value) => value;
    const adapter = this.#adapters.get(kind);
    return adapter && ((value) => adapter.success(value));
  }
}
