import { defineScript, texts } from '../../redis/script.js';
import { recordLua } from './record.js';

/**
 * `over`: the owner has completed meanwhile. `absent`: the record was lost (FLUSHALL, failover); a
 * renewal writes it again.
 */
export type KeepStepReply = 'kept' | 'over' | 'lost' | 'absent';

/**
 * Remembers what a step returned, fenced: only for the present owner, also when its lease ended and
 * nobody took over.
 *
 * KEYS record. ARGV owner; name, result: of the step. Sent twice it writes the same twice.
 */
export const keepStepScript = defineScript({
  name: 'keep step',
  keys: ['record'],
  args: ['owner', 'name', 'result'],
  isFollowUp: true,
  lua: /* lua */ `
${recordLua}
local current = fields(record, 'state', 'owner', 'token')
if is_foreign(current[1], current[3]) then return { 'lost' } end
if not current[1] then return { 'absent' } end
if current[2] ~= owner then return { 'lost' } end
if current[1] ~= 'in-progress' then return { 'over' } end
redis.call('HSET', record, 'steps', '1', 'step:' .. name, result)
return { 'kept' }
`,
  parse: (reply) => texts(reply)[0] as KeepStepReply,
});
