/**
 * A fencing token grows with every claim and with every acquisition of a lock. A process that was
 * paused, lost its claim or lock and wakes again still believes that it is the owner; it is found
 * out by its token, which is smaller than one that was seen here before.
 */
const fence = /* lua */ `
local function isLatest(fences, name, token)
  local seen = tonumber(redis.call('HGET', fences, name)) or 0
  if tonumber(token) < seen then return false end
  redis.call('HSET', fences, name, token)
  return true
end`;

/**
 * Reads a field, and shuts out whoever has an older token from now on.
 *
 * KEYS: fences, hash. ARGV: name of the fence, token, field.
 * Reply: `superseded`, or `read` and the value, which is '' when there is none.
 */
export const readScript = /* lua */ `${fence}
if not isLatest(KEYS[1], ARGV[1], ARGV[2]) then return {'superseded', ''} end
local value = redis.call('HGET', KEYS[2], ARGV[3])
if type(value) ~= 'string' then value = '' end
return {'read', value}`;

/**
 * Writes an order, and the stock that it leaves.
 *
 * KEYS: fences, stock, orders, ledger. ARGV: sku, token of the lock, key of the order, token of the
 * claim, stock left, the order, seconds until all of it expires.
 * Reply: `recorded` or `superseded`.
 */
export const recordScript = /* lua */ `${fence}
-- ioredis sends a command again when the connection broke before the answer: this very order.
if redis.call('HGET', KEYS[3], ARGV[3]) == ARGV[6] then return 'recorded' end
if not isLatest(KEYS[1], 'stock:' .. ARGV[1], ARGV[2]) then return 'superseded' end
if not isLatest(KEYS[1], 'order:' .. ARGV[3], ARGV[4]) then return 'superseded' end
redis.call('HSET', KEYS[2], ARGV[1], ARGV[5])
redis.call('HSET', KEYS[3], ARGV[3], ARGV[6])
redis.call('RPUSH', KEYS[4], ARGV[6])
for i = 1, 4 do redis.call('EXPIRE', KEYS[i], ARGV[7]) end
return 'recorded'`;
