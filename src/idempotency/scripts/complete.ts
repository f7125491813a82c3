import { defineScript, texts } from '../../redis/script.js';
import { recordLua } from './record.js';

/**
 * Stores the result of a claim, fenced: only while nobody else has the key. A lease that ended makes
 * no difference as long as nobody took over, nor does a record that was lost (FLUSHALL, failover).
 *
 * KEYS record. ARGV owner; token, attempt, fingerprint, version: of the claim; state: completed or
 * completed-without-result; kind, result; ttl: ms; channel: where waiters listen. Replies
 * `completed`, `completed-before` or `lost`. Sent twice by one owner it stores once, and says the second
 * time that it has.
 */
export const completeScript = defineScript({
  name: 'complete',
  keys: ['record'],
  args: [
    'owner',
    'token',
    'attempt',
    'fingerprint',
    'version',
    'state',
    'kind',
    'result',
    'ttl',
    'channel',
  ],
  isFollowUp: true,
  lua: /* lua */ `
local current = fields(record, 'state', 'owner', 'token', 'steps')
if current[1] == 'in-progress' and current[2] == owner and state == 'completed' and not current[4] then
  -- The usual case, kept short: the record is as the claim left it.
  redis.call('HSET', record, 'state', state, 'since', int(millis()), 'kind', kind, 'result', result)
  redis.call('HDEL', record, 'until', 'takeover', 'before', 'before_version')
  redis.call('PEXPIRE', record, ttl)
  announce(channel, state)
  return { 'completed' }
end
${recordLua}
if is_foreign(current[1], current[3]) then return { 'lost' } end
if current[1] and current[2] ~= owner then return { 'lost' } end
if current[1] == 'completed' or current[1] == 'completed-without-result' then
  -- Who asks again may be on a new connection, and WAIT counts what its own connection wrote.
  redis.call('HSET', record, 'owner', owner)
  return { 'completed-before' }
end
redis.call('HSET', record, 'state', state, 'owner', owner, 'token', token, 'attempt', attempt,
  'since', int(millis()))
tag(fingerprint, version)
if state == 'completed' then
  redis.call('HSET', record, 'kind', kind, 'result', result)
else
  redis.call('HDEL', record, 'kind', 'result')
end
redis.call('HDEL', record, 'until', 'takeover', 'before', 'before_version')
if current[4] then drop_steps() end
redis.call('PEXPIRE', record, ttl)
announce(channel, state)
return { 'completed' }
`,
  parse: (reply) => texts(reply)[0] as 'completed' | 'completed-before' | 'lost',
});
