import { guardFor, QxCacheError } from './qx-cache-error.js';

/**
 * A setting or an option is out of range, malformed or unknown. Thrown at construction, before
 * anything is opened or written; names the option, the value (secrets redacted) and what is allowed.
 */
export class QxCacheSettingsError extends QxCacheError {
  readonly code = 'QX_SETTINGS';
  readonly status = 500;
  readonly retryable = false;
}

/** Why a connection could not be made. */
export type CacheConnectionReason =
  | 'refused'
  | 'timeout'
  | 'auth'
  | 'tls'
  | 'not-found'
  | 'read-only'
  | 'unsupported';

/** `createClient` got no usable server. What it had opened is closed again. */
export class CacheConnectionError extends QxCacheError {
  readonly code = 'QX_CONNECTION';
  readonly status = 503;
  readonly retryable = true;
  /** What kind of failure it was; see {@link CacheConnectionReason}. */
  readonly reason: CacheConnectionReason;

  constructor(reason: CacheConnectionReason, message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}

/** Why Redis could not be used. */
export type CacheUnavailableReason =
  /** It did not answer in time, refused the command, or the connection broke or was closed. */
  | 'unavailable'
  /** As many commands as `maxCommandsInFlight` allows were waiting for it: this one was not sent. */
  | 'overloaded';

/**
 * Redis did not answer within `commandTimeoutSeconds`, the connection broke, or the server refused
 * the command. Whether the command was carried out is not known; every command of this library can
 * be sent again. With the reason `overloaded` it was not even sent: send less at once, or later.
 */
export class CacheUnavailableError extends QxCacheError {
  readonly code = 'QX_UNAVAILABLE';
  readonly status = 503;
  readonly retryable = true;
  /** What kind of failure it was; see {@link CacheUnavailableReason}. */
  readonly reason: CacheUnavailableReason;

  constructor(
    message: string,
    { reason = 'unavailable', ...options }: ErrorOptions & { reason?: CacheUnavailableReason } = {},
  ) {
    super(message, options);
    this.reason = reason;
  }
}

/** What can go wrong between a value and its stored form. */
export class CacheSerializationError extends QxCacheError {
  readonly code = 'QX_SERIALIZATION';
  readonly status = 500;
  readonly retryable = false;
  /** Where inside the value the trouble is, e.g. `.lines[2].price`; `undefined` when it is all of it. */
  readonly path: string | undefined;

  constructor(message: string, options?: ErrorOptions & { path?: string | undefined }) {
    super(message, options);
    this.path = options?.path;
  }
}

/** Guard for {@link QxCacheSettingsError}. */
export const isQxCacheSettingsError = guardFor<QxCacheSettingsError>('QX_SETTINGS');
/** Guard for {@link CacheConnectionError}. */
export const isCacheConnectionError = guardFor<CacheConnectionError>('QX_CONNECTION');
/** Guard for {@link CacheUnavailableError}. */
export const isCacheUnavailableError = guardFor<CacheUnavailableError>('QX_UNAVAILABLE');
/** Guard for {@link CacheSerializationError}. */
export const isCacheSerializationError = guardFor<CacheSerializationError>('QX_SERIALIZATION');
