import { defineScript, texts } from '../../redis/script.js';
import { recordLua, tombstoneMilliseconds } from './record.js';

/**
 * Deletes a record, whatever is there; an owner in progress is fenced: it finds a tombstone.
 *
 * KEYS record. ARGV channel. Replies `removed` or `absent`.
 */
export const removeScript = defineScript({
  name: 'delete',
  keys: ['record'],
  args: ['channel'],
  lua: /* lua */ `
${recordLua}
local kind = redis.call('TYPE', record)
kind = type(kind) == 'table' and kind.ok or kind
if kind == 'none' then return { 'absent' } end
local current = kind == 'hash' and fields(record, 'state', 'token') or {}
local state, token = current[1], current[2]
if state == 'free' then return { 'absent' } end
if not tonumber(token or '') then
  redis.call('DEL', record)
else
  -- As long as the owner may come back: its record would have lived that long.
  local fence = state == 'in-progress' and redis.call('PTTL', record) or 0
  leave_tombstone(token, int(math.max(fence, ${tombstoneMilliseconds})))
end
redis.call('PUBLISH', channel, 'free')
return { 'removed' }
`,
  parse: (reply) => texts(reply)[0] === 'removed',
});
