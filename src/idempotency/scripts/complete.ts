import { defineScript, texts } from '../../redis/script.js';
import { recordLua } from './record.js';

const args = [
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
] as const;

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
  args,
  isFollowUp: true,
  lua: luaWith(''),
  parse,
});

/** The same, and stores a `trace` of the execution for those who get its result replayed. */
export const tracedCompleteScript = defineScript({
  name: 'complete',
  keys: ['record'],
  args: [...args, 'trace'],
  isFollowUp: true,
  lua: luaWith("redis.call('HSET', record, 'trace', trace)"),
  parse,
});

function parse(reply: unknown) {
  return texts(reply)[0] as 'completed' | 'completed-before' | 'lost';
}

function luaWith(keepTrace: string): string {
  return /* lua */ `
${recordLua}
local current = fields(record, 'state', 'owner', 'token', 'steps')
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
redis.call('HDEL', record, 'until', 'takeover', 'before', 'before_version', 'trace')
${keepTrace}
if current[4] then drop_steps() end
redis.call('PEXPIRE', record, ttl)
announce(channel, state)
return { 'completed' }
`;
}
