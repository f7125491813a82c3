import { defineScript, texts } from '../../redis/script.js';
import { recordLua } from './record.js';

/**
 * Gives a claim up: the key is free at once and those who wait are told. Does nothing when the
 * claim is not the owner's any more.
 *
 * KEYS record. ARGV owner; keep: `steps` to keep the finished ones for the next claim; channel.
 * Replies `abandoned` or `not-owner`.
 */
export const abandonScript = defineScript({
  name: 'abandon',
  keys: ['record'],
  args: ['owner', 'keep', 'channel'],
  lua: /* lua */ `
${recordLua}
local current = fields(record, 'state', 'owner', 'token', 'steps')
if current[1] ~= 'in-progress' or current[2] ~= owner then return { 'not-owner' } end
leave_tombstone(current[3], keep == 'steps' and current[4])
announce(channel, 'free')
return { 'abandoned' }
`,
  parse: (reply) => texts(reply)[0] === 'abandoned',
});
