import { defineScript } from '../../redis/script.js';
import { handOn } from './hand-on.js';
import { readState } from './lock-state.js';
import { receiptsLua } from './receipts.js';

/**
 * Takes the lock from whoever holds it and hands it on. Answers whether anybody held it.
 *
 * KEYS state, queue, alive, receipts. ARGV id (of this request), wake, address.
 *
 * Sent twice it finds its receipt, answers the same, and leaves the next owner alone.
 */
export const forceReleaseScript = defineScript({
  name: 'lock forceRelease',
  keys: ['state', 'queue', 'alive', 'receipts'],
  args: ['id', 'wake', 'address'],
  lua: /* lua */ `
${readState}
${handOn}
${receiptsLua}
if hasReceipt(id .. ':held') then return '1' end
if hasReceipt(id .. ':free') then return '0' end
local wasHeld = not isFree
handOn()
keepReceipt(id .. (wasHeld and ':held' or ':free'))
return wasHeld and '1' or '0'
`,
  parse: (reply) => reply === '1',
});
