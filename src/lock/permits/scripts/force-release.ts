import { defineScript } from '../../../redis/script.js';
import { receiptsLua } from '../../scripts/receipts.js';
import { handOnPermits, readPool } from './permit-state.js';

/**
 * Takes the pool from all who hold a share of it, and hands it on. Answers whether anybody did.
 *
 * KEYS state, owners, pending, queue, alive, receipts. ARGV id (of this request), permits, wake, address.
 *
 * Sent twice it finds its receipt, answers the same, and leaves the next owners alone.
 */
export const forceReleasePermitsScript = defineScript({
  name: 'permit forceRelease',
  keys: ['state', 'owners', 'pending', 'queue', 'alive', 'receipts'],
  args: ['id', 'permits', 'wake', 'address'],
  lua: /* lua */ `
${readPool}
${handOnPermits}
${receiptsLua}
if hasReceipt(id .. ':held') then return '1' end
if hasReceipt(id .. ':free') then return '0' end
dropEnded()
local wasHeld = false
for _, owner in ipairs(redis.call('ZRANGE', owners, '0', '-1')) do
  drop(owner)
  wasHeld = true
end
handOn()
keepReceipt(id .. (wasHeld and ':held' or ':free'))
return wasHeld and '1' or '0'
`,
  parse: (reply) => reply === '1',
});
