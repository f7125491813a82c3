/** Marks results, also those made by another installed copy of this library. */
const brand = Symbol.for('qx-cache.result');

/**
 * The outcome of a handler: a value, or an error that is part of the domain and not thrown.
 * Only a success is ever stored; a replay returns `Result.success(value)` again.
 *
 * @example
 * const price: Result<number, OutOfStock> = Result.success(12);
 * if (price.isSuccess) console.log(price.value);
 */
export type Result<T, E = Error> = Success<T, E> | Failure<T, E>;

abstract class ResultBase<T, E> {
  constructor() {
    Object.defineProperty(this, brand, { value: true });
  }

  /** Transforms the value of a success; a failure stays as it is. */
  map<U>(transform: (value: T) => U): Result<U, E> {
    return this.match(
      (value) => new Success<U, E>(transform(value)),
      (error): Result<U, E> => new Failure<U, E>(error),
    );
  }

  /** Transforms the error of a failure; a success stays as it is. */
  mapError<F>(transform: (error: E) => F): Result<T, F> {
    return this.match(
      (value): Result<T, F> => new Success<T, F>(value),
      (error) => new Failure<T, F>(transform(error)),
    );
  }

  /** Goes on with another step that may fail. */
  flatMap<U, F = E>(next: (value: T) => Result<U, F>): Result<U, E | F> {
    return this.match<Result<U, E | F>>(next, (error) => new Failure<U, E | F>(error));
  }

  /** Turns both cases into one value. */
  abstract match<U, F = U>(onSuccess: (value: T) => U, onFailure: (error: E) => F): U | F;

  /** The value of a success. A failure throws its error (wrapped in an `Error` when it is none). */
  unwrap(): T {
    return this.match(
      (value) => value,
      (error) => {
        throw error instanceof Error
          ? error
          : new Error('unwrap() was called on a failure', { cause: error });
      },
    );
  }
}

/** The successful case of a {@link Result}. */
export class Success<T, E = never> extends ResultBase<T, E> {
  readonly isSuccess = true;
  readonly isFailure = false;
  /** What it carries. */
  readonly value: T;
  readonly error: undefined = undefined;

  constructor(value: T) {
    super();
    this.value = value;
  }

  override match<U, F = U>(onSuccess: (value: T) => U, _onFailure: (error: E) => F): U | F {
    return onSuccess(this.value);
  }
}

/** The failed case of a {@link Result}. */
export class Failure<T, E = Error> extends ResultBase<T, E> {
  readonly isSuccess = false;
  readonly isFailure = true;
  readonly value: undefined = undefined;
  /** What went wrong, in the words of the domain. */
  readonly error: E;

  constructor(error: E) {
    super();
    this.error = error;
  }

  override match<U, F = U>(_onSuccess: (value: T) => U, onFailure: (error: E) => F): U | F {
    return onFailure(this.error);
  }
}

/** Makes and recognizes results. */
export const Result = {
  /** A success that carries `value`. */
  success<T, E = never>(value: T): Result<T, E> {
    return new Success<T, E>(value);
  },
  /** A failure that carries `error`. */
  failure<T = never, E = Error>(error: E): Result<T, E> {
    return new Failure<T, E>(error);
  },
  /** True for a result of this library, also of another installed copy of it. */
  isResult(value: unknown): value is Result<unknown, unknown> {
    return typeof value === 'object' && value !== null && brand in value;
  },
};
