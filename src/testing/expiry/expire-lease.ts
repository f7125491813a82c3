import { lockKeys } from '../../lock/lock-keys.js';
import { permitKeys } from '../../lock/permits/permit-keys.js';
import type { RedisClient } from '../../redis/redis-client.js';
import { defineScript } from '../../redis/script.js';
import { type ExpiryOptions, expiryTools } from './expiry-options.js';

/** Whose leases: those of a lock, of a semaphore or of a read-write lock, by its name. */
export type LeaseTarget =
  | { readonly lock: string }
  | { readonly semaphore: string }
  | { readonly readWriteLock: string };

/**
 * Lets the lease of a lock be over in Redis at once, as if its holder had been dead or paused for as
 * long as it lasts; of a semaphore or a read-write lock those of all holders. No clock is changed.
 *
 * The next caller gets the lock; one that waits already does within about a second, when it looks. The
 * holder's process can't know: it finds the lease lost when it renews or releases, and `isHeld` is true
 * until then. To see a lease end by its holder's own clock too, make it with a short `ttlSeconds` and
 * `renew: false`.
 *
 * @param redis a client of the same settings as that of the lock
 * @returns false when there was no lease: the name or the namespace is another one, or it was released
 * @throws {@link CacheUnavailableError} when Redis does not answer
 * @example
 * const lease = await lock.acquire();
 * await expireLease(redis, { lock: 'outbox-relay-leader' });
 * const next = await lock.tryAcquire(); // another owner, with a higher token
 * await lease.release(); // throws LockNotHeldError
 */
export async function expireLease(
  redis: RedisClient,
  target: LeaseTarget,
  options: ExpiryOptions = {},
): Promise<boolean> {
  const { runner, namespace } = expiryTools(redis, options);
  if ('lock' in target) {
    const { state } = lockKeys(namespace, target.lock);
    return runner.script(expireLockScript, { state }, `lock "${target.lock}"`);
  }
  const [kind, name] =
    'semaphore' in target
      ? (['semaphore', target.semaphore] as const)
      : (['read-write', target.readWriteLock] as const);
  const { owners } = permitKeys(namespace, kind, name);
  return runner.script(expirePermitsScript, { owners }, `${kind} "${name}"`);
}

/** KEYS state. Replies whether somebody held the lock. */
const expireLockScript = defineScript({
  name: 'testing expire lock',
  keys: ['state'],
  args: [],
  lua: /* lua */ `
local stored = fields(state, 'owner', 'until')
if (stored[1] or '') == '' or tonumber(stored[2] or 0) <= millis() then return 'no' end
redis.call('HSET', state, 'until', '1')
return 'yes'
`,
  parse: (reply) => reply === 'yes',
});

/** KEYS owners. Replies whether somebody held a permit. */
const expirePermitsScript = defineScript({
  name: 'testing expire permits',
  keys: ['owners'],
  args: [],
  lua: /* lua */ `
local held = redis.call('ZRANGEBYSCORE', owners, '(' .. int(millis()), '+inf')
for _, id in ipairs(held) do redis.call('ZADD', owners, '1', id) end
return #held > 0 and 'yes' or 'no'
`,
  parse: (reply) => reply === 'yes',
});
