import { guardFor, QxCacheError } from './qx-cache-error.js';

/** The idempotency key is empty, too long or not a string. Nothing was sent to Redis. */
export class IdempotencyKeyError extends QxCacheError {
  readonly code = 'QX_IDEMPOTENCY_KEY';
  readonly status = 400;
  readonly retryable = false;
}

/** Another caller executes this key, and the time to wait for it is over (or waiting was refused). */
export class IdempotencyInProgressError extends QxCacheError {
  readonly code = 'QX_IDEMPOTENCY_IN_PROGRESS';
  readonly status = 409;
  readonly retryable = true;
  /** The idempotency key, as the store knows it. */
  readonly key: string;
  /** When it makes sense to try again, in seconds: the time left of the owner's lease. */
  readonly retryAfterSeconds: number;
  /**
   * True when the owner died and the key was claimed with `takeover: 'never'`: nobody executes it
   * again until an operator deletes the key or its TTL ends.
   */
  readonly abandoned: boolean;

  constructor(key: string, details: { retryAfterSeconds: number; abandoned?: boolean }) {
    super(
      details.abandoned
        ? `The owner of idempotency key "${key}" died before it finished, and its policy is takeover: 'never'. Find out whether its effect happened, then delete the key to allow another run.`
        : `Idempotency key "${key}" is being executed by another caller. Retry in ${details.retryAfterSeconds} s.`,
    );
    this.key = key;
    this.retryAfterSeconds = details.retryAfterSeconds;
    this.abandoned = details.abandoned ?? false;
  }
}

/** The key was used before with another payload (another fingerprint). */
export class IdempotencyKeyReusedError extends QxCacheError {
  readonly code = 'QX_IDEMPOTENCY_KEY_REUSED';
  readonly status = 422;
  readonly retryable = false;
  /** The idempotency key, as the store knows it. */
  readonly key: string;

  constructor(key: string) {
    super(
      `Idempotency key "${key}" was already used with another payload. Send a new key with a new payload, or the original payload with this key.`,
    );
    this.key = key;
  }
}

/**
 * The claim passed on to another caller (its lease ended), or the key was deleted or set by somebody
 * else. The result was not stored.
 */
export class IdempotencyClaimLostError extends QxCacheError {
  readonly code = 'QX_IDEMPOTENCY_CLAIM_LOST';
  readonly status = 500;
  readonly retryable = false;
  /** The idempotency key, as the store knows it. */
  readonly key: string;
  /** What the work of a `run` produced before it learned that its claim is lost. */
  readonly value: unknown;

  constructor(key: string, value?: unknown) {
    super(
      `The claim on idempotency key "${key}" was lost before the result could be stored: its lease ended and another caller took over, or the key was deleted or set. Check the effects of this run; they may happen twice.`,
    );
    this.key = key;
    // Not enumerable: the value is the caller's to read, not a logger's to print.
    Object.defineProperty(this, 'value', { value, enumerable: false });
  }
}

/** Why there is no result to replay. */
export type ResultUnavailableReason =
  /** It was too large or not serializable, and is not stored. */
  | 'not-stored'
  /** Another version of the command stored it. */
  | 'version';

/**
 * The key was executed, but there is no result that can be replayed: it could not be stored (too large,
 * or not serializable), or another version of the command stored it. It is not executed again.
 */
export class IdempotencyResultUnavailableError extends QxCacheError {
  readonly code = 'QX_IDEMPOTENCY_RESULT_UNAVAILABLE';
  readonly status = 500;
  readonly retryable = false;
  /** The idempotency key, as the store knows it. */
  readonly key: string;
  readonly reason: ResultUnavailableReason;

  constructor(key: string, versions?: { readonly wanted: string; readonly stored: string }) {
    super(
      versions
        ? `Idempotency key "${key}" was executed by ${versions.stored ? `version "${versions.stored}"` : 'a run without a version'}, and its result is not for version "${versions.wanted}". It is not executed again; let the other version answer, set onVersionMismatch to 'execute', or delete the key to allow another run.`
        : `Idempotency key "${key}" was executed, but its result was too large or not serializable and is not stored. It is not executed again; look the effect up where it was made, or delete the key to allow another run.`,
    );
    this.key = key;
    this.reason = versions ? 'version' : 'not-stored';
  }
}

/** Guard for {@link IdempotencyKeyError}. */
export const isIdempotencyKeyError = guardFor<IdempotencyKeyError>('QX_IDEMPOTENCY_KEY');
/** Guard for {@link IdempotencyInProgressError}. */
export const isIdempotencyInProgressError = guardFor<IdempotencyInProgressError>(
  'QX_IDEMPOTENCY_IN_PROGRESS',
);
/** Guard for {@link IdempotencyKeyReusedError}. */
export const isIdempotencyKeyReusedError = guardFor<IdempotencyKeyReusedError>(
  'QX_IDEMPOTENCY_KEY_REUSED',
);
/** Guard for {@link IdempotencyClaimLostError}. */
export const isIdempotencyClaimLostError = guardFor<IdempotencyClaimLostError>(
  'QX_IDEMPOTENCY_CLAIM_LOST',
);
/** Guard for {@link IdempotencyResultUnavailableError}. */
export const isIdempotencyResultUnavailableError = guardFor<IdempotencyResultUnavailableError>(
  'QX_IDEMPOTENCY_RESULT_UNAVAILABLE',
);
