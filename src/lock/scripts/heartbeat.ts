import { defineScript, texts } from '../../redis/script.js';
import { CLAIM_MS, handOn } from './hand-on.js';
import { readState, seen } from './lock-state.js';

/** What a heartbeat answers. */
export interface HeartbeatReply {
  /** The waiters of this process that were granted something and have not confirmed it yet. */
  readonly granted: readonly string[];
  /** When a lease ends next, in milliseconds from now; 0 when none is held. */
  readonly leftMs: number;
  /** False when the queue has lost this process's oldest waiter, and so perhaps all of them. */
  readonly isQueued: boolean;
  /** A token above it was granted later. */
  readonly seen: number;
}

/** @param reply a list: the ids that were granted, joined by spaces; ms left; `1` or `0`; seen */
export function parseHeartbeat(reply: unknown): HeartbeatReply {
  const [granted = '', leftMs, isQueued, seen] = texts(reply);
  return {
    granted: granted.split(' ').filter(Boolean),
    leftMs: Number(leftMs),
    isQueued: isQueued === '1',
    seen: Number(seen),
  };
}

/**
 * A process with waiters says that it lives, and looks after the queue: hands the lock on when its
 * owner died, and learns of grants whose push got lost.
 *
 * KEYS state, queue, alive. ARGV process, oldest (id of its oldest waiter), wake, address.
 */
export const heartbeatScript = defineScript({
  name: 'lock heartbeat',
  keys: ['state', 'queue', 'alive'],
  args: ['process', 'oldest', 'wake', 'address'],
  isFollowUp: true,
  lua: /* lua */ `
${readState}
${seen}
${handOn}
redis.call('ZREMRANGEBYSCORE', alive, '-inf', int(nowMs))
live(process)
if isFree then
  if owner and isPending and processOf(owner) == process then
    -- Alive after all, only not in time: it is still that waiter's turn.
    give(owner, ${CLAIM_MS}, '1')
  else
    isPending = handOn() and true or false
  end
end
local granted = ''
if owner and isPending and processOf(owner) == process then granted = owner end
local isQueued = redis.call('ZSCORE', queue, oldest) or granted == oldest
return { granted, int(math.max(0, ends - nowMs)), isQueued and '1' or '0', seen() }
`,
  parse: parseHeartbeat,
});
