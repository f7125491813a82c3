import { defineScript } from '../../../redis/script.js';
import { parseAcquire } from '../../scripts/acquire.js';
import { handOnPermits, readPool } from './permit-state.js';

/**
 * Takes a share of the pool, or a place in the queue for it.
 *
 * KEYS state, owners, pending, queue, alive.
 * ARGV id (of this acquisition), ttl (ms), mode (`wait` or `try`: never enqueues, never overtakes),
 * ticket (of an earlier place, or empty), permits (of the pool), wake, address.
 *
 * Answers the token when it is granted, else a list. Sent twice it answers the same.
 */
export const acquirePermitScript = defineScript({
  name: 'permit acquire',
  keys: ['state', 'owners', 'pending', 'queue', 'alive'],
  args: ['id', 'ttl', 'mode', 'ticket', 'permits', 'wake', 'address'],
  lua: /* lua */ `
${readPool}
${handOnPermits}
dropEnded(processOf(id), mode == 'wait')
local ends = endOf(id)
if ends > nowMs then
  -- Sent before, or just handed over: asking for it is as good as confirming it.
  redis.call('ZADD', owners, int(math.max(ends, nowMs + tonumber(ttl))), id)
  redis.call('ZREM', pending, id)
  local known = tokenFor(id)
  keepFor(tonumber(ttl))
  return known
end
if mode == 'try' and redis.call('ZCARD', queue) > 0 then handOn() end
if redis.call('ZCARD', queue) == 0 and fits(id) then
  take(id, tonumber(ttl), false)
  return int(token)
end
if mode == 'try' then return { 'busy' } end
local place = redis.call('ZSCORE', queue, id)
if not place then
  place = tonumber(ticket) or math.max(lastTicket + 1, now)
  redis.call('ZADD', queue, int(place), id)
  redis.call('HSET', state, 'ticket', int(math.max(lastTicket, place)))
  keepFor(0)
end
live(processOf(id))
handOn(id, tonumber(ttl))
if endOf(id) > nowMs then return tokenOf(id) end
return { 'queued', int(tonumber(place)), leftMs(), seen() }
`,
  parse: parseAcquire,
});
