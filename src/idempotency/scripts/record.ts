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
 * | version     | of the work, if the claimer gave one |
 * | since       | start of the state, server time in ms |
 * | kind        | how to revive the result |
 * | result      | the stored value: opaque text to all scripts |
 * | steps       | 1 when there are finished steps; only until it is completed |
 * | step:NAME   | what a finished step returned: opaque text |
 *
 * A tombstone keeps only the token (and finished steps with their fingerprint and version, where the
 * claimer wanted that), so that tokens grow even where the clock is coarse, and so that
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
-- The names of the finished steps.
local function step_names()
  local names, count = {}, 0
  if redis.call('HEXISTS', record, 'steps') == 0 then return names, count end
  for _, name in ipairs(redis.call('HKEYS', record)) do
    if string.sub(name, 1, 5) == 'step:' then
      count = count + 1
      names[count] = string.sub(name, 6)
    end
  end
  return names, count
end
local function drop_steps()
  for _, name in ipairs((step_names())) do redis.call('HDEL', record, 'step:' .. name) end
  redis.call('HDEL', record, 'steps')
end
-- A claim says whose it is; what an earlier one said goes.
local function tag(fingerprint, version)
  if fingerprint ~= '' then redis.call('HSET', record, 'fingerprint', fingerprint) end
  if version ~= '' then redis.call('HSET', record, 'version', version) end
end
-- As long as the record would have lived: an owner that was replaced may come back until then.
local function leave_tombstone(token)
  local milliseconds = math.max(redis.call('PTTL', record), ${tombstoneMilliseconds})
  redis.call('DEL', record)
  redis.call('HSET', record, 'state', 'free', 'token', token)
  redis.call('PEXPIRE', record, int(milliseconds))
end
`.trim();
