import { redisKey } from '../../redis/key-space.js';
import type { RedisClient } from '../../redis/redis-client.js';
import { defineScript } from '../../redis/script.js';
import { type ExpiryOptions, expiryTools } from './expiry-options.js';

/**
 * Lets the claim of an idempotency key be over in Redis at once, as if its owner had been dead or
 * paused for as long as its lease lasts, and wakes those who wait for the key. No clock is changed.
 *
 * An owner that lives renews its claim after a third of `leaseSeconds`, and has it again if nobody took
 * over until then: let the next caller come at once, or give the claim a long lease.
 *
 * @param redis a client of the same settings as that of the store
 * @returns false when no claim was in progress: the key or the namespace is another one, or it is over
 * @throws {@link CacheUnavailableError} when Redis does not answer
 * @example
 * const first = await store.claim('key');
 * await expireClaim(redis, 'key');
 * const second = await store.claim('key'); // claimed, and `attempt` is 2
 */
export async function expireClaim(
  redis: RedisClient,
  key: string,
  options: ExpiryOptions = {},
): Promise<boolean> {
  const { runner, namespace } = expiryTools(redis, options);
  const input = {
    record: redisKey(namespace, 'idempotency', key),
    channel: redisKey(namespace, 'idempotency', key, 'changed'),
  };
  return runner.script(expireClaimScript, input, `idempotency key "${key}"`);
}

/** KEYS record. ARGV channel: where waiters listen. Replies whether a claim was in progress. */
const expireClaimScript = defineScript({
  name: 'testing expire claim',
  keys: ['record'],
  args: ['channel'],
  lua: /* lua */ `
local stored = fields(record, 'state', 'until')
if stored[1] ~= 'in-progress' or tonumber(stored[2] or 0) <= millis() then return 'no' end
redis.call('HSET', record, 'until', '1')
announce(channel, 'expired')
return 'yes'
`,
  parse: (reply) => reply === 'yes',
});
