/** How many receipts a lock keeps at least, and for how long after the last one, in milliseconds. */
const KEPT = 1000;
const KEPT_MS = 60_000;

/**
 * `keepReceipt(id)` and `hasReceipt(id)`: a release that was sent twice (its reply got lost) finds
 * what it did the first time, and does not do it to the next owner. Needs the key `receipts`.
 */
export const receiptsLua = /* lua */ `
local function keepReceipt(id)
  local count = redis.call('LPUSH', receipts, id)
  if count > ${KEPT + 100} then redis.call('LTRIM', receipts, '0', '${KEPT - 1}') end
  redis.call('PEXPIRE', receipts, '${KEPT_MS}')
end
local function hasReceipt(id)
  for _, kept in ipairs(redis.call('LRANGE', receipts, '0', '-1')) do
    if kept == id then return true end
  end
  return false
end
`;
