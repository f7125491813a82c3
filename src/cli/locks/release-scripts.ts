import { handOnPermits, readPool } from '../../lock/permits/scripts/permit-state.js';
import { handOn } from '../../lock/scripts/hand-on.js';
import { readState } from '../../lock/scripts/lock-state.js';
import { receiptsLua } from '../../lock/scripts/receipts.js';
import { defineScript } from '../../redis/script.js';

/** `isMeant(token)`: whether it is one of the argument `tokens`, a list with a comma around each. */
const isMeant = /* lua */ `
local function isMeant(token)
  return string.find(tokens, ',' .. token .. ',', 1, true) ~= nil
end
`;

/** A reply that got lost is asked for again: the next owner is left alone. */
const answerAgain = /* lua */ `
${receiptsLua}
if hasReceipt(id .. ':held') then return '1' end
`;

/**
 * Takes the lock from the owner with one of the tokens, and hands it on. Answers whether it did.
 *
 * KEYS state, queue, alive, receipts. ARGV id (of this request), tokens, wake, address.
 *
 * Safe to send twice: a receipt tells what it did, and a token that is gone does not come back.
 */
export const releaseLockScript = defineScript({
  name: 'lock release by an operator',
  keys: ['state', 'queue', 'alive', 'receipts'],
  args: ['id', 'tokens', 'wake', 'address'],
  lua: /* lua */ `
${readState}
${handOn}
${isMeant}
${answerAgain}
if isFree or not isMeant(int(token)) then return '0' end
handOn()
keepReceipt(id .. ':held')
return '1'
`,
  parse: (reply) => reply === '1',
});

/** The same for the shares of a pool that the owners with these tokens hold. */
export const releasePermitsScript = defineScript({
  name: 'permit release by an operator',
  keys: ['state', 'owners', 'pending', 'queue', 'alive', 'receipts'],
  args: ['id', 'tokens', 'permits', 'wake', 'address'],
  lua: /* lua */ `
${readPool}
${handOnPermits}
${isMeant}
${answerAgain}
dropEnded()
local wasHeld = false
for _, owner in ipairs(redis.call('ZRANGE', owners, '0', '-1')) do
  if isMeant(tokenOf(owner) or '0') then
    drop(owner)
    wasHeld = true
  end
end
handOn()
if not wasHeld then return '0' end
keepReceipt(id .. ':held')
return '1'
`,
  parse: (reply) => reply === '1',
});
