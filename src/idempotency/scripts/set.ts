import { defineScript, texts } from '../../redis/script.js';
import { recordLua } from './record.js';

/**
 * Stores a result without a claim, unless a completed one is there. A claim in progress is replaced:
 * its owner then loses.
 *
 * KEYS record. ARGV request: id of this call, so that sent twice it answers the same; kind, result;
 * ttl: ms; channel. Replies `stored`, `kept` (another result was there) or `foreign`.
 */
export const setScript = defineScript({
  name: 'set',
  keys: ['record'],
  args: ['request', 'kind', 'result', 'ttl', 'channel'],
  lua: /* lua */ `
${recordLua}
local current = fields(record, 'state', 'owner', 'token', 'attempt', 'steps')
local state, owner, token, attempt, has_steps = unpack(current, 1, 5)
if is_foreign(state, token) then return { 'foreign' } end
if state == 'completed' then return { owner == request and 'stored' or 'kept' } end
local now = micros()
redis.call('HSET', record, 'state', 'completed', 'owner', request,
  'token', int(math.max(now, (tonumber(token) or 0) + 1)), 'attempt', attempt or '1',
  'since', int(math.floor(now / 1000)), 'kind', kind, 'result', result)
redis.call('HDEL', record, 'until', 'takeover', 'version', 'fingerprint', 'before', 'before_version')
if has_steps then drop_steps() end
redis.call('PEXPIRE', record, ttl)
announce(channel, 'completed')
return { 'stored' }
`,
  parse: (reply) => texts(reply)[0] as 'stored' | 'kept' | 'foreign',
});
