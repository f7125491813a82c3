import { liveness } from './liveness.js';
import { give, keepFor, keepForMemory } from './lock-state.js';

/**
 * How long the one that was handed the lock has for its confirmation, in milliseconds. What a dead
 * waiter costs the others.
 */
export const CLAIM_MS = 1000;

/**
 * `handOn(own, ownMs)`: gives the lock, which must be free or given up by its owner, to the first
 * waiter whose process is alive, and wakes that one; frees it when there is none. Answers the
 * winner's id or `false`. The caller's own id, when it wins, needs no wake-up and no confirmation.
 *
 * The hand-over is direct: at no time is the lock up for grabs, and the winner sends no acquire.
 * Waiters found dead are dropped on the way, a thousand a call at most; the next call goes on.
 * A grant that nobody confirmed in time shows that its process is gone: all its waiters count as
 * dead then, so they cost one claim lease together.
 *
 * Known designs and their gaps: Redisson's RFairLock (a dead waiter stalls the others, #3730, #3829),
 * tokens in a list (lost when the popper dies), ticket counters (a dead ticket blocks).
 *
 * Needs the keys `state`, `queue`, `alive`, the arguments `wake` and `address`, and `readState` before.
 */
export const handOn = /* lua */ `
${liveness}
${keepFor}
${keepForMemory}
${give}
local function handOn(own, ownMs)
  if owner and isFree and isPending and not (own and processOf(own) == processOf(owner)) then
    redis.call('ZREM', alive, processOf(owner))
  end
  for _ = 1, 1000 do
    local head = redis.call('ZRANGE', queue, '0', '0')[1]
    if not head then
      if token > 0 then
        redis.call('HSET', state, 'owner', '', 'pending', '0')
        keepForMemory()
      end
      owner, ends, isFree = false, 0, true
      return false
    end
    redis.call('ZREM', queue, head)
    if head == own then
      give(head, ownMs, '0')
      return head
    end
    local process = processOf(head)
    if isAlive(process) then
      give(head, ${CLAIM_MS}, '1')
      announce(wake .. process, head .. ' ' .. int(token) .. ' ' .. address)
      return head
    end
  end
  redis.call('HDEL', state, 'owner')
  owner, ends, isFree = false, 0, true
  return false
end
`;
