import { guardFor, QxCacheError } from './qx-cache-error.js';

/** The lock was not free within `waitSeconds`. The caller is no longer in the queue. */
export class LockTimeoutError extends QxCacheError {
  readonly code = 'QX_LOCK_TIMEOUT';
  readonly status = 423;
  readonly retryable = true;
  /** The name of the lock. */
  readonly lockName: string;
  /** How long the caller was ready to wait, in seconds. */
  readonly waitSeconds: number;

  constructor(lockName: string, waitSeconds: number) {
    super(`Lock "${lockName}" was not free within ${waitSeconds} s.`);
    this.lockName = lockName;
    this.waitSeconds = waitSeconds;
  }
}

/**
 * Why a lease is not held any more. `fenced`: a guarded value has seen the token of a newer owner; see
 * `FencedValue`.
 */
export type LockNotHeldReason = 'expired' | 'taken' | 'released' | 'fenced';

/**
 * The lease expired, was taken away or was released before, or its token was refused. What ran under
 * it may have run beside another owner: check it, or guard the resource with the fencing token.
 */
export class LockNotHeldError extends QxCacheError {
  readonly code = 'QX_LOCK_NOT_HELD';
  readonly status = 409;
  readonly retryable = false;
  /** The name of the lock. */
  readonly lockName: string;
  /** What became of the lease, as far as this process knows. */
  readonly reason: LockNotHeldReason;

  /** @param explanation what happened and what to do, when there is more to say than the reason */
  constructor(lockName: string, reason: LockNotHeldReason, explanation = explanations[reason]) {
    super(`Lock "${lockName}" is not held any more: ${explanation}`);
    this.lockName = lockName;
    this.reason = reason;
  }
}

const explanations: Record<LockNotHeldReason, string> = {
  expired:
    'its lease expired, and another owner may have held it since. Check what was done under it.',
  taken: 'it was taken away (another owner has it, or it was released by force).',
  released: 'this lease was released before.',
  fenced: 'a newer owner has written since.',
};

/** Guard for {@link LockTimeoutError}. */
export const isLockTimeoutError = guardFor<LockTimeoutError>('QX_LOCK_TIMEOUT');
/** Guard for {@link LockNotHeldError}. */
export const isLockNotHeldError = guardFor<LockNotHeldError>('QX_LOCK_NOT_HELD');
