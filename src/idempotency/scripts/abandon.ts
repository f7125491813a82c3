import { defineScript, texts } from '../../redis/script.js';
import { recordLua } from './record.js';

/**
 * Gives a claim up: the key is free at once and those who wait are told. Does nothing when the
 * claim is not the owner's any more.
 *
 * KEYS record. ARGV owner; keep: `steps` to keep the finished ones for the next claim, `all` when
 * nothing ran under this one, so that all is as before it; channel. Replies `abandoned` or `not-owner`.
 */
export const abandonScript = defineScript({
  name: 'abandon',
  keys: ['record'],
  args: ['owner', 'keep', 'channel'],
  isFollowUp: true,
  lua: /* lua */ `
${recordLua}
local current = fields(record, 'state', 'owner', 'token', 'steps', 'attempt', 'before',
  'before_version')
if current[1] ~= 'in-progress' or current[2] ~= owner then return { 'not-owner' } end
if current[6] then
  put_back(current[6], current[7] or '')
elseif keep == 'all' and tonumber(current[5]) > 1 then
  redis.call('HSET', record, 'owner', '', 'attempt', int(current[5] - 1), 'until', int(millis()))
else
  leave_tombstone(current[3], keep ~= '' and current[4])
end
announce(channel, 'free')
return { 'abandoned' }
`,
  parse: (reply) => texts(reply)[0] === 'abandoned',
});
