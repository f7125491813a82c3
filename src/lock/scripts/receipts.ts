/**
 * How many of its latest receipts a lock keeps at least, and for how long after the last one, in
 * milliseconds. On a lock that is taken thousands of times a second, that many are gone within one.
 */
const KEPT = 1000;
const KEPT_MS = 60_000;
const EXPIRY_MS = 2 * KEPT_MS;

/**
 * `keepReceipt(id)` and `hasReceipt(id)`: a release that was sent twice (its reply got lost) finds
 * what it did the first time, and does not do it to the next owner. Needs the key `receipts`.
 *
 * `keepReceiptFrom(id, nowMs, kept)` is the same for those who have read the field `receipts` of the
 * key `state`, which says how long the list is kept at least: it is not extended each time.
 */
export const receiptsLua = /* lua */ `
local function addReceipt(id)
  local count = redis.call('LPUSH', receipts, id)
  if count > ${KEPT + 100} then redis.call('LTRIM', receipts, '0', '${KEPT - 1}') end
  return count
end
local function keepReceipt(id)
  addReceipt(id)
  redis.call('PEXPIRE', receipts, '${EXPIRY_MS}')
end
local function keepReceiptFrom(id, nowMs, kept)
  if addReceipt(id) > 1 and kept >= nowMs + ${KEPT_MS} then return end
  redis.call('PEXPIRE', receipts, '${EXPIRY_MS}')
  redis.call('HSET', state, 'receipts', num(nowMs + ${EXPIRY_MS}))
end
local function hasReceipt(id)
  for _, kept in ipairs(redis.call('LRANGE', receipts, '0', '-1')) do
    if kept == id then return true end
  end
  return false
end
`;
