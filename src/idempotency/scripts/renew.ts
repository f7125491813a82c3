import { defineScript, texts } from '../../redis/script.js';
import { recordLua } from './record.js';

/**
 * Extends the lease of a claim; also of one that ended, if nobody took over. A record that was lost
 * (FLUSHALL, failover) is written again, so that the key stays protected.
 *
 * KEYS record. ARGV owner; token, attempt, fingerprint, version, takeover: of the
 * claim; lease, ttl: ms.
 * Replies `renewed` or `lost`.
 */
export const renewScript = defineScript({
  name: 'renew',
  keys: ['record'],
  args: ['owner', 'token', 'attempt', 'fingerprint', 'version', 'takeover', 'lease', 'ttl'],
  isFollowUp: true,
  lua: /* lua */ `
${recordLua}
local current = fields(record, 'state', 'owner', 'token')
if is_foreign(current[1], current[3]) then return { 'lost' } end
if current[1] and current[2] ~= owner then return { 'lost' } end
local now = millis()
if current[1] == 'in-progress' then
  redis.call('HSET', record, 'until', int(now + tonumber(lease)))
elseif not current[1] then
  redis.call('HSET', record, 'state', 'in-progress', 'owner', owner, 'token', token,
    'attempt', attempt, 'until', int(now + tonumber(lease)), 'takeover', takeover,
    'since', int(now))
  tag(fingerprint, version)
else
  return { 'renewed' } -- completed by this owner: nothing left to extend
end
redis.call('PEXPIRE', record, int(tonumber(lease) + tonumber(ttl)))
return { 'renewed' }
`,
  parse: (reply) => texts(reply)[0] === 'renewed',
});
