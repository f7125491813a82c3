import { defineScript } from '../../../redis/script.js';
import { parseRenew } from '../../scripts/renew.js';
import { handOnPermits, readPool } from './permit-state.js';

/**
 * Lets the owner's lease last `ttl` from now on. Also how the one that was handed a permit confirms that
 * it is there. A lease that ended is not revived.
 *
 * KEYS state, owners, pending, queue, alive. ARGV id (of the acquisition), ttl (ms), permits, wake,
 * address. Sent twice it answers the same.
 */
export const renewPermitScript = defineScript({
  name: 'permit renew',
  keys: ['state', 'owners', 'pending', 'queue', 'alive'],
  args: ['id', 'ttl', 'permits', 'wake', 'address'],
  isFollowUp: true,
  lua: /* lua */ `
${readPool}
${handOnPermits}
local ends = endOf(id)
if ends == 0 then return { 'taken', '' } end
if ends <= nowMs then return { 'expired', '' } end
redis.call('ZADD', owners, int(nowMs + tonumber(ttl)), id)
redis.call('ZREM', pending, id)
local known = tokenFor(id)
keepFor(tonumber(ttl))
return { 'renewed', known }
`,
  parse: parseRenew,
});
