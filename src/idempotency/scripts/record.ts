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
 * | kind        | how to revive the result; maybe a second line, see traced-kind.ts |
 * | result      | the stored value: opaque text to all scripts |
 * | before      | state of a result that another version is replacing; put back when that fails |
 * | before_version | and its version |
 * | steps       | 1 once a step has finished; only until it is completed |
 * | step:NAME   | what a finished step returned: opaque text |
 *
 * A tombstone keeps only the token, so that tokens grow even where the clock is coarse, and so that
 * the owner of a deleted key finds itself replaced and not merely forgotten. One of a claim with
 * `keepSteps` keeps the finished steps, too, and the fingerprint and version that they belong to.
 */
export const isForeignLua = /* lua */ `
-- True for a key that exists but is no record of ours: never read as absent, never overwritten.
local function is_foreign(state, token)
  if not state then return redis.call('EXISTS', record) == 1 end
  local known = state == 'in-progress' or state == 'completed'
    or state == 'completed-without-result' or state == 'free'
  return not (known and tonumber(token))
end
`.trim();

/** What changes a record; see {@link isForeignLua}. */
export const changeLua = /* lua */ `
local function each_step(visit)
  for _, field in ipairs(redis.call('HKEYS', record)) do
    if string.sub(field, 1, 5) == 'step:' then visit(field, string.sub(field, 6)) end
  end
end
local function drop_steps()
  each_step(function(field) redis.call('HDEL', record, field) end)
  redis.call('HDEL', record, 'steps')
end
-- Any number of texts as one, each behind its length in bytes: a list that grew here could not be
-- returned on ioredis-mock, nor, when it is long, by unpack on a server.
local function packed(texts)
  local parts = {}
  for i, text in ipairs(texts) do parts[i] = #text .. ':' .. text end
  return table.concat(parts)
end
-- Whose record it is: of the payload and the version that a claim says.
local function tag(fingerprint, version)
  if fingerprint ~= '' then redis.call('HSET', record, 'fingerprint', fingerprint) end
  if version ~= '' then redis.call('HSET', record, 'version', version) end
end
-- A result of another version that was to be replaced holds again.
local function put_back(state, version)
  redis.call('HSET', record, 'state', state, 'version', version, 'attempt', '1')
  if version == '' then redis.call('HDEL', record, 'version') end
  redis.call('HDEL', record, 'owner', 'until', 'takeover', 'before', 'before_version')
  drop_steps()
end
-- As long as the record would have lived: an owner that was replaced may come back until then.
local function leave_tombstone(token, keep_steps)
  local milliseconds = math.max(redis.call('PTTL', record), ${tombstoneMilliseconds})
  if keep_steps then
    redis.call('HDEL', record, 'owner', 'attempt', 'until', 'takeover', 'since')
  else
    redis.call('DEL', record)
  end
  redis.call('HSET', record, 'state', 'free', 'token', token)
  redis.call('PEXPIRE', record, int(milliseconds))
end
`.trim();

export const recordLua = `${isForeignLua}\n${changeLua}`;
