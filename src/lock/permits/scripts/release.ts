import { defineScript } from '../../../redis/script.js';
import { receiptsLua } from '../../scripts/receipts.js';
import { parseRelease } from '../../scripts/release.js';
import { handOnPermits, readPool } from './permit-state.js';

/**
 * Ends the owner's lease and hands its share to the next live waiters.
 *
 * KEYS state, owners, pending, queue, alive, receipts.
 * ARGV id (of the acquisition), permits, wake, address.
 *
 * Sent twice it finds its receipt: it answers `released` again.
 */
export const releasePermitScript = defineScript({
  name: 'permit release',
  keys: ['state', 'owners', 'pending', 'queue', 'alive', 'receipts'],
  args: ['id', 'permits', 'wake', 'address'],
  isFollowUp: true,
  lua: /* lua */ `
${readPool}
${handOnPermits}
${receiptsLua}
local ends = endOf(id)
if ends == 0 then
  if hasReceipt(id) then return 'released' end
  return 'taken'
end
drop(id)
handOn()
if ends <= nowMs then return 'expired' end
keepReceipt(id)
return 'released'
`,
  parse: parseRelease,
});
