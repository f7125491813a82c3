import { defineScript } from '../../../redis/script.js';
import { parseHeartbeat } from '../../scripts/heartbeat.js';
import { handOnPermits, readPool } from './permit-state.js';

/**
 * A process with waiters says that it lives, and looks after the queue: hands on what owners left behind
 * that died, and learns of grants whose push got lost.
 *
 * KEYS state, owners, pending, queue, alive.
 * ARGV process, oldest (id of its oldest waiter), permits, wake, address.
 */
export const permitHeartbeatScript = defineScript({
  name: 'permit heartbeat',
  keys: ['state', 'owners', 'pending', 'queue', 'alive'],
  args: ['process', 'oldest', 'permits', 'wake', 'address'],
  isFollowUp: true,
  lua: /* lua */ `
${readPool}
${handOnPermits}
redis.call('ZREMRANGEBYSCORE', alive, '-inf', int(nowMs))
live(process)
dropEnded(process, true)
handOn()
local granted = ''
for _, id in ipairs(redis.call('ZRANGE', pending, '0', '-1')) do
  if processOf(id) == process then granted = granted .. id .. ' ' end
end
local isQueued = redis.call('ZSCORE', queue, oldest) or endOf(oldest) > nowMs
return { granted, leftMs(), isQueued and '1' or '0', seen() }
`,
  parse: parseHeartbeat,
});
