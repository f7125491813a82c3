import { defineScript } from '../../redis/script.js';
import { handOn } from './hand-on.js';
import { readState } from './lock-state.js';
import { isMeantLua } from './meant-tokens.js';
import { receiptsLua } from './receipts.js';

/**
 * Takes the lock from whoever holds it, or from the owner that is meant alone, and hands it on. Answers
 * whether it did.
 *
 * KEYS state, queue, alive, receipts. ARGV id (of this request), tokens (of the owners that are meant),
 * wake, address.
 *
 * Sent twice it finds its receipt, answers the same, and leaves the next owner alone.
 */
export const forceReleaseScript = defineScript({
  name: 'lock forceRelease',
  keys: ['state', 'queue', 'alive', 'receipts'],
  args: ['id', 'tokens', 'wake', 'address'],
  lua: /* lua */ `
${readState}
${handOn}
${receiptsLua}
${isMeantLua}
if hasReceipt(id .. ':held') then return '1' end
if hasReceipt(id .. ':free') then return '0' end
local wasHeld = not isFree and isMeant(int(token))
if wasHeld or tokens == '' then handOn() end
keepReceipt(id .. (wasHeld and ':held' or ':free'))
return wasHeld and '1' or '0'
`,
  parse: (reply) => reply === '1',
});
