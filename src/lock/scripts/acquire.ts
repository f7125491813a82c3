import { defineScript, texts } from '../../redis/script.js';
import { handOn } from './hand-on.js';
import { keepFor, readState, seen } from './lock-state.js';

/** What an acquire answers. */
export type AcquireReply =
  /** The lock is the caller's, for its full time. */
  | { readonly is: 'granted'; readonly token: number }
  /**
   * The caller stands in the queue; the lease of whoever is before it ends in `leftMs`. A token above
   * `seen` was granted later.
   */
  | {
      readonly is: 'queued';
      readonly ticket: number;
      readonly leftMs: number;
      readonly seen: number;
    }
  /** Held, or kept for those who wait; the caller does not stand in the queue. */
  | { readonly is: 'busy' };

/**
 * Takes the lock, or a place in the queue for it.
 *
 * KEYS state, queue, alive.
 * ARGV id (of this acquisition), ttl (ms), mode (`wait` or `try`: never enqueues, never overtakes),
 * ticket (of an earlier place, or empty), wake (start of the channels of processes), address (of the
 * lock, for the one that is woken).
 *
 * Answers the token when it is granted, else a list. Sent twice it answers the same: an owner finds
 * itself, and a waiter keeps its place.
 */
export const acquireScript = defineScript({
  name: 'lock acquire',
  keys: ['state', 'queue', 'alive'],
  args: ['id', 'ttl', 'mode', 'ticket', 'wake', 'address'],
  lua: /* lua */ `
local known = redis.call('HMGET', state, 'owner', 'token', 'kept')
if known[1] == '' then
  -- The usual case, kept short: released while nobody waited, and whoever came would have got it.
  local now = micros()
  local nowMs = math.floor(now / 1000)
  local token = math.max(tonumber(known[2]) + 1, now)
  local ends = nowMs + tonumber(ttl)
  local kept = tonumber(known[3]) or 0
  ${keepFor}
  redis.call('HSET', state, 'owner', id, 'token', num(token), 'until', num(ends))
  keepFor(tonumber(ttl))
  return num(token)
end
${readState}
${seen}
${handOn}
if owner == id and not isFree then
  -- Sent before, or just handed over: asking for it is as good as confirming it.
  redis.call('HSET', state, 'until', int(math.max(ends, nowMs + tonumber(ttl))), 'pending', '0')
  keepFor(tonumber(ttl))
  return int(token)
end
if isFree and redis.call('ZCARD', queue) == 0 then
  give(id, tonumber(ttl), '0')
  return int(token)
end
if mode == 'try' then
  if not isFree or handOn() or redis.call('ZCARD', queue) > 0 then return { 'busy' } end
  give(id, tonumber(ttl), '0')
  return int(token)
end
local place = redis.call('ZSCORE', queue, id)
if not place then
  place = tonumber(ticket) or math.max(lastTicket + 1, now)
  redis.call('ZADD', queue, int(place), id)
  redis.call('HSET', state, 'ticket', int(math.max(lastTicket, place)))
end
live(processOf(id))
if isFree then
  if handOn(id, tonumber(ttl)) == id then return int(token) end
  keepFor(0)
end
return { 'queued', int(tonumber(place)), int(math.max(0, ends - nowMs)), seen() }
`,
  parse: parseAcquire,
});

/** @param reply the token that was granted, or a list: `queued`, ticket, ms left, seen; or `busy` */
export function parseAcquire(reply: unknown): AcquireReply {
  if (!Array.isArray(reply)) return { is: 'granted', token: Number(reply) };
  const [is, ticket, leftMs, seen] = texts(reply);
  if (is === 'busy') return { is };
  return { is: 'queued', ticket: Number(ticket), leftMs: Number(leftMs), seen: Number(seen) };
}
