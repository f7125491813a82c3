import { CLAIM_MS } from '../../scripts/hand-on.js';
import { liveness } from '../../scripts/liveness.js';
import { DAY_MS, seen } from '../../scripts/lock-state.js';

/** The end of the ids of those who want the whole pool for themselves. */
export const ALL = ':all';

/**
 * Reads the pool. Needs the keys `state`, `owners`, `queue` and `alive`; leaves as locals `now` (µs), `nowMs`, `token`
 * and `lastTicket`. Every decision is made by the server's clock.
 */
export const readPool = /* lua */ `
local now = micros()
local nowMs = math.floor(now / 1000)
local stored = fields(state, 'token', 'ticket')
local token = tonumber(stored[1] or 0)
local lastTicket = tonumber(stored[2] or 0)
${liveness}local function wantsAll(id) return string.sub(id, -${ALL.length}) == '${ALL}' end
local function tokenOf(id) return fields(state, 'of:' .. id)[1] end
local function endOf(id) return tonumber(redis.call('ZSCORE', owners, id) or 0) end
${seen}-- When the next lease ends, in ms from now; 0 when there is none.
local function leftMs()
  local first = redis.call('ZRANGE', owners, '0', '0', 'WITHSCORES')
  return int(math.max(0, tonumber(first[2] or 0) - nowMs))
end
`;

/**
 * `take(id, ms, isPending)` makes an owner, `drop(id)` ends one, `handOn(own, ownMs)` gives what is free
 * to the waiters that are alive, first come first served: the first one whose share is not free holds up
 * all behind it, so that a writer is not starved by readers. Whoever is given something is woken;
 * the caller's own id, `own`, needs no wake-up and no confirmation. See hand-on.ts for the protocol.
 *
 * Needs the keys `state`, `owners`, `pending`, `queue`, `alive`, the arguments `permits`, `wake` and
 * `address`, and `readPool` before.
 */
export const handOnPermits = /* lua */ `
-- The pool outlives its leases by up to a day, for its memory of tokens and tickets.
local function keepFor(ms)
  local longest = math.max(ms, ${DAY_MS})
  for _, key in ipairs({ state, owners, pending }) do
    if redis.call('PTTL', key) < longest then redis.call('PEXPIRE', key, int(longest)) end
  end
end
-- What a long lease asked for is taken back when that is gone.
local function keepNoLonger()
  if redis.call('PTTL', state) <= ${DAY_MS} then return end
  local last = redis.call('ZRANGE', owners, '-1', '-1', 'WITHSCORES')
  local longest = math.max(tonumber(last[2] or 0) - nowMs, ${DAY_MS})
  for _, key in ipairs({ state, owners, pending }) do redis.call('PEXPIRE', key, int(longest)) end
end
local function newToken(id)
  token = math.max(token + 1, now)
  redis.call('HSET', state, 'token', int(token), 'of:' .. id, int(token))
end
-- Of an owner. Should it be lost (DEL, eviction), a new one: better than to let others in.
local function tokenFor(id)
  if not tokenOf(id) then newToken(id) end
  return tokenOf(id)
end
local function take(id, ms, isPending)
  newToken(id)
  redis.call('ZADD', owners, int(nowMs + ms), id)
  if isPending then redis.call('ZADD', pending, int(nowMs + ms), id) end
  keepFor(ms)
end
-- Answers whether it was waiting for its confirmation.
local function drop(id)
  redis.call('ZREM', owners, id)
  redis.call('HDEL', state, 'of:' .. id)
  keepNoLonger()
  return redis.call('ZREM', pending, id) == 1
end
-- A grant that nobody confirmed in time shows that its process is gone; not so if it is the caller. One
-- that waits gets more time for it: its heartbeat will tell it of the grant.
local function dropEnded(caller, isWaiting)
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', owners, '-inf', int(nowMs))) do
    local isCallers = processOf(id) == caller
    if isCallers and isWaiting and redis.call('ZSCORE', pending, id) then
      redis.call('ZADD', owners, int(nowMs + ${CLAIM_MS}), id)
      redis.call('ZADD', pending, int(nowMs + ${CLAIM_MS}), id)
    elseif drop(id) and not isCallers then
      redis.call('ZREM', alive, processOf(id))
    end
  end
end
local function fits(id)
  local held = redis.call('ZCARD', owners)
  if held == 0 then return true end
  if wantsAll(id) or held >= tonumber(permits) then return false end
  return not wantsAll(redis.call('ZRANGE', owners, '0', '0')[1])
end
local function handOn(own, ownMs)
  dropEnded(own and processOf(own), true)
  local dead = 0
  while dead < 1000 do
    local head = redis.call('ZRANGE', queue, '0', '0')[1]
    if not head then return end
    local process = processOf(head)
    local isDead = head ~= own and not isAlive(process)
    if not isDead and not fits(head) then return end
    redis.call('ZREM', queue, head)
    if isDead then dead = dead + 1 end
    if head == own then
      take(head, ownMs, false)
    elseif not isDead then
      take(head, ${CLAIM_MS}, true)
      announce(wake .. process, head .. ' ' .. int(token) .. ' ' .. address)
    end
  end
end
`;
