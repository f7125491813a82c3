import { z } from 'zod';
import { QxCacheSettingsError } from '../errors/index.js';
import { namespace } from '../settings/cache-settings.js';
import { signalOption } from '../settings/common-options.js';
import { seconds, waitSeconds } from '../settings/durations.js';
import { limits } from '../settings/limits.js';
import { problemOfUserKey } from '../settings/user-key.js';
import { validate } from '../settings/validate.js';

/** What a lock is made with. Times are in seconds, fractions allowed. */
export interface LockOptions {
  /** Every key starts with it. Default: that of the client, or `qx`. */
  namespace?: string | undefined;
  /**
   * How long a lease lasts unless it is renewed. So long do others wait when its holder dies, and
   * so long may Redis be away before a living holder loses the lock. Default: 30.
   */
  ttlSeconds?: number | undefined;
  /** How long `acquire` and `run` wait; `0`: not at all, `Infinity`: for ever. Default: 10. */
  waitSeconds?: number | undefined;
  /**
   * Whether a lease renews itself, each third of `ttlSeconds`, until it is released. Without it,
   * work that takes longer than `ttlSeconds` loses the lock. Default: `true`.
   */
  renew?: boolean | undefined;
  /**
   * The longest that a lease is held by renewing itself, against work that never ends. `renew()`
   * goes beyond it. Default: no limit.
   */
  maxHoldSeconds?: number | undefined;
}

/** What a semaphore is made with. */
export interface SemaphoreOptions extends LockOptions {
  /**
   * How many leases there can be at once, at least 1. Give the same number everywhere: where it
   * differs, each caller goes by its own.
   */
  permits: number;
}

/** What one acquisition can ask for. */
export interface AcquireOptions {
  /** How long to wait, in seconds; `0`: not at all, `Infinity`: for ever. Default: the lock's. */
  waitSeconds?: number | undefined;
  /** Gives up waiting when it aborts. Has no effect on a lease that was granted. */
  signal?: AbortSignal | undefined;
}

export const DEFAULT_WAIT_SECONDS = 10;

const renew = z.boolean({ error: 'must be true or false' });

/** @internal */
export const lockSchema = z.strictObject({
  namespace: namespace.optional(),
  ttlSeconds: seconds.default(30),
  waitSeconds: waitSeconds.default(DEFAULT_WAIT_SECONDS),
  renew: renew.default(true),
  maxHoldSeconds: seconds.optional(),
});

const acquireSchema = z.strictObject({
  waitSeconds: waitSeconds.optional(),
  signal: signalOption.optional(),
});

const renewSchema = z.strictObject({ ttlSeconds: seconds });

/** The options of a lock with their defaults filled in. @internal */
export type CheckedLockOptions = z.output<typeof lockSchema>;

const semaphoreSchema = lockSchema.extend({
  permits: z.int({ error: 'must be a whole number' }).min(1, { error: 'must be at least 1' }),
});

/** @throws {@link QxCacheSettingsError} @internal */
export function lockOptions(options: LockOptions, subject = 'DistributedLock'): CheckedLockOptions {
  return validate(subject, lockSchema, options);
}

/** @throws {@link QxCacheSettingsError} @internal */
export function semaphoreOptions(options: SemaphoreOptions) {
  return validate('Semaphore', semaphoreSchema, options);
}

/** @throws {@link QxCacheSettingsError} when it is no text, or longer than a name may be */
export function lockName(name: string, subject = 'DistributedLock'): string {
  const problem = problemOfUserKey(name, limits.lockNameBytes);
  if (problem === undefined) return name;
  throw new QxCacheSettingsError(`${subject}: name ${problem}.`);
}

/** @throws {@link QxCacheSettingsError} */
export function acquireOptions(options: AcquireOptions, subject = 'DistributedLock') {
  return validate(`${subject} acquire`, acquireSchema, options);
}

/** @throws {@link QxCacheSettingsError} */
export function renewTtl(ttlSeconds: number): number {
  return validate('Lease renew', renewSchema, { ttlSeconds }).ttlSeconds;
}

/** The names sorted, each once. @throws {@link QxCacheSettingsError} when there is none, or a bad one */
export function sortedNames(names: readonly string[]): string[] {
  const { locksAtOnce } = limits;
  if (Array.isArray(names) && names.length > 0 && names.length <= locksAtOnce)
    return [...new Set(names.map((name) => lockName(name)))].sort();
  throw new QxCacheSettingsError(
    `acquireAll: names must be a list of at least one name, and at most ${locksAtOnce}.`,
  );
}
