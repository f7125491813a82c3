import { defineScript, texts } from '../../redis/script.js';
import { handOn } from './hand-on.js';
import { keepForMemory, readState } from './lock-state.js';
import { receiptsLua } from './receipts.js';

/** How a release ended. `taken`: the lock is another's, or was freed by force. */
export type ReleaseOutcome = 'released' | 'expired' | 'taken';

/** What a release answers. */
export interface ReleaseReply {
  readonly outcome: ReleaseOutcome;
  /** Who was handed the lock. If it waits in the same process, it need not wait for the push. */
  readonly next?: { readonly id: string; readonly token: number };
}

/**
 * Ends the owner's lease and hands the lock to the next live waiter.
 *
 * KEYS state, queue, alive, receipts. ARGV id (of the acquisition), wake, address.
 *
 * Answers the outcome, or a list if the lock was handed on: outcome, id, token. Sent twice it finds its
 * receipt: it answers `released` again, and does not hand on again.
 */
export const releaseScript = defineScript({
  name: 'lock release',
  keys: ['state', 'queue', 'alive', 'receipts'],
  args: ['id', 'wake', 'address'],
  isFollowUp: true,
  lua: /* lua */ `
${receiptsLua}
local known = redis.call('HMGET', state, 'owner', 'until', 'kept', 'receipts')
if known[1] == id and redis.call('ZCARD', queue) == 0 then
  local nowMs = millis()
  if tonumber(known[2]) > nowMs then
    -- The usual case, kept short: nobody waits.
    local kept = tonumber(known[3]) or 0
    ${keepForMemory}
    redis.call('HSET', state, 'owner', '', 'pending', '0')
    keepForMemory()
    keepReceiptFrom(id, nowMs, tonumber(known[4]) or 0)
    return 'released'
  end
end
${readState}
${handOn}
if owner == id then
  local reply = isFree and 'expired' or 'released'
  -- Its process is alive: it says so itself.
  isPending = false
  -- First what a server out of memory still allows: after it the rest is allowed too.
  local winner = handOn()
  if reply == 'released' then keepReceipt(id) end
  if winner then return { reply, winner, int(token) } end
  return reply
end
if hasReceipt(id) then return 'released' end
return 'taken'
`,
  parse: parseRelease,
});

/** @param reply the outcome, or a list: outcome, id of the winner, token of the winner */
export function parseRelease(reply: unknown): ReleaseReply {
  if (!Array.isArray(reply)) return { outcome: reply as ReleaseOutcome };
  const [outcome, id = '', token] = texts(reply);
  return { outcome: outcome as ReleaseOutcome, next: { id, token: Number(token) } };
}
