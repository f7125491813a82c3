import { z } from 'zod';
import { namespace } from '../settings/cache-settings.js';
import { seconds, waitSeconds } from '../settings/durations.js';
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

/** What one acquisition can ask for. */
export interface AcquireOptions {
  /** How long to wait, in seconds; `0`: not at all, `Infinity`: for ever. Default: the lock's. */
  waitSeconds?: number | undefined;
  /** Gives up waiting when it aborts. Has no effect on a lease that was granted. */
  signal?: AbortSignal | undefined;
}

export const DEFAULT_WAIT_SECONDS = 10;

/** The longest name, in bytes of UTF-8. */
const LONGEST_NAME = 1024;

const name = z
  .string({ error: 'must be a string' })
  .min(1, { error: 'must not be empty' })
  .refine((text) => !/\p{Surrogate}/u.test(text), {
    error: 'must be well-formed text, with no lone surrogate',
  })
  .refine((text) => Buffer.byteLength(text) <= LONGEST_NAME, {
    error: `must be at most ${LONGEST_NAME} bytes of UTF-8`,
  });

const renew = z.boolean({ error: 'must be true or false' });

const lockSchema = z.strictObject({
  name,
  namespace: namespace.optional(),
  ttlSeconds: seconds.default(30),
  waitSeconds: waitSeconds.default(DEFAULT_WAIT_SECONDS),
  renew: renew.default(true),
  maxHoldSeconds: seconds.optional(),
});

const acquireShape = {
  waitSeconds: waitSeconds.optional(),
  signal: z.instanceof(AbortSignal, { error: 'must be an AbortSignal' }).optional(),
};
const acquireSchema = z.strictObject(acquireShape);

const renewSchema = z.strictObject({ ttlSeconds: seconds });

const namesSchema = z.strictObject({
  names: z.array(name, { error: 'must be a list of names' }).min(1, {
    error: 'must have at least one name',
  }),
});

/** @throws {@link QxCacheSettingsError} */
export function lockOptions(lockName: string, options: LockOptions) {
  return validate('DistributedLock', lockSchema, { ...options, name: lockName });
}

/** @throws {@link QxCacheSettingsError} */
export function acquireOptions(options: AcquireOptions) {
  return validate('DistributedLock acquire', acquireSchema, options);
}

/** @throws {@link QxCacheSettingsError} */
export function renewTtl(ttlSeconds: number): number {
  return validate('Lease renew', renewSchema, { ttlSeconds }).ttlSeconds;
}

/** The names sorted, each once. @throws {@link QxCacheSettingsError} */
export function sortedNames(names: readonly string[]): string[] {
  return [...new Set(validate('acquireAll', namesSchema, { names }).names)].sort();
}
