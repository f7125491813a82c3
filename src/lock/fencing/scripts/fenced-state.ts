/** For how long a write that was sent twice is recognized, in milliseconds, */
const RECEIPT_MS = 60_000;
/** unless there were more writes than that since. */
const RECEIPTS = 10_000;

/**
 * A guarded value is a hash: `token`, the newest one seen, and `text`, the value, unless it was deleted.
 * Both end together.
 *
 * - `newestToken()`: 0 when there is nothing, `false` for a key that is none of ours.
 * - `wasDone()`: whether this very write was carried out before. It matters when its reply got lost and a
 *   newer owner wrote meanwhile: what was done must not be told as refused, nor be done over a later write.
 * - `finish()`: gives the value its time, and leaves a receipt.
 *
 * Needs the keys `guarded` and `receipts` (ZSET of ids, by time), and the arguments `id` and `ttl` (ms).
 */
export const fencedLua = /* lua */ `
local function newestToken()
  local stored = fields(guarded, 'token')[1]
  if not stored then return redis.call('EXISTS', guarded) == 0 and 0 end
  return tonumber(stored) or false
end
local function wasDone() return redis.call('ZSCORE', receipts, id) end
local function finish()
  redis.call('PEXPIRE', guarded, ttl)
  local nowMs = millis()
  redis.call('ZREMRANGEBYSCORE', receipts, '-inf', int(nowMs - ${RECEIPT_MS}))
  redis.call('ZADD', receipts, int(nowMs), id)
  redis.call('ZREMRANGEBYRANK', receipts, '0', '${-RECEIPTS - 1}')
  redis.call('PEXPIRE', receipts, '${RECEIPT_MS}')
end
`;

/** What a write answers. `foreign`: the key holds what another codec, or something else, wrote. */
export type FencedReply =
  | { readonly is: 'written' | 'foreign' }
  | { readonly is: 'fenced'; readonly newest: number };

/** @param reply a list: what it is, and the newest token seen */
export function parseFenced(reply: unknown): FencedReply {
  const [is, newest] = reply as [FencedReply['is'], string];
  return is === 'fenced' ? { is, newest: Number(newest) } : { is };
}
