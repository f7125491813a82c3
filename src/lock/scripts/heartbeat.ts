import { defineScript, texts } from '../../redis/script.js';
import { ALIVE_MS, CLAIM_MS, handOn, QUEUE_MS } from './hand-on.js';
import { readState } from './lock-state.js';

/** What a heartbeat answers. */
export interface HeartbeatReply {
  /** A waiter of this process that was handed the lock and has not confirmed it yet. */
  readonly granted: string | undefined;
  /** How long the lease of the present owner lasts, in milliseconds; 0 when the lock is free. */
  readonly leftMs: number;
  /** False when the queue has lost this process's oldest waiter, and so perhaps all of them. */
  readonly isQueued: boolean;
}

/**
 * A process with waiters says that it lives, and looks after the queue: hands the lock on when its
 * owner died, and learns of grants whose push got lost.
 *
 * KEYS state, queue, alive. ARGV process, oldest (id of its oldest waiter), wake, name.
 */
export const heartbeatScript = defineScript({
  name: 'lock heartbeat',
  keys: ['state', 'queue', 'alive'],
  args: ['process', 'oldest', 'wake', 'name'],
  lua: /* lua */ `
${readState}
${handOn}
redis.call('ZREMRANGEBYSCORE', alive, '-inf', int(nowMs))
redis.call('ZADD', alive, int(nowMs + ${ALIVE_MS}), process)
redis.call('PEXPIRE', alive, '${QUEUE_MS}')
redis.call('PEXPIRE', queue, '${QUEUE_MS}')
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
return { granted, int(math.max(0, ends - nowMs)), isQueued and '1' or '0' }
`,
  parse(reply): HeartbeatReply {
    const [granted, leftMs, isQueued] = texts(reply);
    return { granted: granted || undefined, leftMs: Number(leftMs), isQueued: isQueued === '1' };
  },
});
