/** How long a tombstone stays at least, in milliseconds. */
const tombstoneMilliseconds = 60_000;

/**
 * The record of a key is a hash:
 *
 * | field       | meaning |
 * |-------------|---------|
 * | state       | in-progress, completed, completed-without-result, or free (a tombstone) |
 * | owner       | who claimed it; after completion, who completed it (the receipt for a resend) |
 * | token       | the fencing token of the last claim |
 * | attempt     | 1, and one more with each take-over |
 * | until       | end of the lease, server time in ms; only while in progress |
 * | takeover    | after-lease or never; only while in progress |
 * | fingerprint | of the payload, if the claimer gave one |
 * | since       | start of the state, server time in ms |
 * | kind        | how to revive the result |
 * | result      | the stored value: opaque text to all scripts |
 *
 * A tombstone keeps only the token, so that tokens grow even where the clock is coarse, and so that
 * the owner of a deleted key finds itself replaced and not merely forgotten.
 */
export const recordLua = /* lua */ `
-- True for a key that exists but is no record of ours: never read as absent, never overwritten.
local function is_foreign(state, token)
  if not state then return redis.call('EXISTS', record) == 1 end
  local known = state == 'in-progress' or state == 'completed'
    or state == 'completed-without-result' or state == 'free'
  return not (known and tonumber(token))
end
-- As long as the record would have lived: an owner that was replaced may come back until then.
local function leave_tombstone(token)
  local milliseconds = math.max(redis.call('PTTL', record), ${tombstoneMilliseconds})
  redis.call('DEL', record)
  redis.call('HSET', record, 'state', 'free', 'token', token)
  redis.call('PEXPIRE', record, int(milliseconds))
end
`.trim();
