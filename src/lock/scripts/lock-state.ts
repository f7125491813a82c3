/** How long the memory of the last token and ticket outlives the last owner at most, in milliseconds. */
export const DAY_MS = 86_400_000;
/** And at least. */
const HALF_DAY_MS = DAY_MS / 2;

/**
 * Reads the lock. Needs the key `state`; leaves as locals `now` (µs), `nowMs`, `owner`, `token`,
 * `ends`, `isPending` (handed over, not yet confirmed), `lastTicket`, `kept` and `isFree`.
 *
 * Every decision is made by the server's clock. A lock whose lease ended is free, whatever is still
 * written there. The field `owner` is empty after a release that found nobody waiting.
 */
export const readState = /* lua */ `
local now = micros()
local nowMs = math.floor(now / 1000)
local stored = fields(state, 'owner', 'token', 'until', 'pending', 'ticket', 'kept')
local owner = stored[1] ~= '' and stored[1]
local token = tonumber(stored[2] or 0)
local ends = tonumber(stored[3] or 0)
local isPending = stored[4] == '1'
local lastTicket = tonumber(stored[5] or 0)
local kept = tonumber(stored[6] or 0)
local isFree = not owner or ends <= nowMs
`;

/**
 * `seen()`: a number that every token granted later is above, and every one granted before is not. By
 * it a waiter tells a grant that is new from one that reached it late. Needs `readState`.
 */
export const seen = /* lua */ `
local function seen() return int(math.max(token, now)) end
`;

/**
 * `keepFor(ms)`: the state outlives a lease by half a day to a day, for its memory of tokens and
 * tickets. Its expiry is written there too (`kept`), so that it need not be set each time.
 * Needs the key `state` and the locals `nowMs` and `kept`.
 */
export const keepFor = /* lua */ `
local function keepFor(ms)
  if kept >= nowMs + ms + ${HALF_DAY_MS} then return end
  local lasts = math.max(ms + ${HALF_DAY_MS}, ${DAY_MS})
  redis.call('HSET', state, 'kept', num(nowMs + lasts))
  redis.call('PEXPIRE', state, num(lasts))
end
`;

/**
 * `keepForMemory()`: nobody has a lease any more; what a long one asked for is taken back. Needs what
 * `keepFor` needs.
 */
export const keepForMemory = /* lua */ `
local function keepForMemory()
  if kept <= nowMs + ${DAY_MS} then return end
  redis.call('HSET', state, 'kept', num(nowMs + ${DAY_MS}))
  redis.call('PEXPIRE', state, '${DAY_MS}')
end
`;

/**
 * `give(id, ms, pending)`: writes an owner. Its token is more than the last one, and also at least
 * the time in µs: so it grows even when the memory of the last one is gone (DEL, FLUSHALL, eviction).
 * Needs the locals of `readState`, and `keepFor`.
 */
export const give = /* lua */ `
local function give(id, ms, pending)
  token = math.max(token + 1, now)
  owner, ends, isFree = id, nowMs + ms, false
  redis.call('HSET', state, 'owner', id, 'token', num(token), 'until', num(ends), 'pending', pending)
  keepFor(ms)
end
`;
