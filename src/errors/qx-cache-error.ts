import { printable } from './printable.js';

/** Marks every error of this library, also one thrown by another installed copy of it. */
const brand = Symbol.for('qx-cache.error');

/** Stable machine-readable codes, one for each error class. */
export type QxCacheErrorCode =
  | 'QX_SETTINGS'
  | 'QX_CONNECTION'
  | 'QX_UNAVAILABLE'
  | 'QX_SERIALIZATION'
  | 'QX_IDEMPOTENCY_KEY'
  | 'QX_IDEMPOTENCY_IN_PROGRESS'
  | 'QX_IDEMPOTENCY_KEY_REUSED'
  | 'QX_IDEMPOTENCY_CLAIM_LOST'
  | 'QX_IDEMPOTENCY_RESULT_UNAVAILABLE'
  | 'QX_LOCK_TIMEOUT'
  | 'QX_LOCK_NOT_HELD';

/**
 * The base of everything this library throws on purpose.
 *
 * Messages say what happened, to which key or lock, and what to do. They never hold a password or
 * a stored value, and are one line: control and invisible characters of a name stand as escapes there.
 */
export abstract class QxCacheError extends Error {
  /** Stable: safe to switch on, to log and to alert on. */
  abstract readonly code: QxCacheErrorCode;
  /** The HTTP status that fits when the error reaches a client. A hint, nothing more. */
  abstract readonly status: number;
  /** Whether the same call, sent again later, may well succeed. */
  abstract readonly retryable: boolean;

  constructor(message: string, options?: ErrorOptions) {
    // The one place through which every name and key gets into a message.
    super(printable(message), options);
    this.name = new.target.name;
    Object.defineProperty(this, brand, { value: true });
  }
}

/**
 * True for every error of this library, by brand and not by `instanceof`, so that it also holds
 * when two copies of the package are installed.
 */
export function isQxCacheError(error: unknown): error is QxCacheError {
  return error instanceof Error && brand in error;
}

/** Makes the `isX` guard of one error class: right across duplicate installs. */
export function guardFor<E extends QxCacheError>(code: E['code']): (error: unknown) => error is E {
  return (error): error is E => isQxCacheError(error) && error.code === code;
}
