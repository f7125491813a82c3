import { defineScript, texts } from '../../redis/script.js';
import { recordLua } from './record.js';

/**
 * Deletes a record, whatever is there; an owner in progress is fenced: it finds a tombstone. Processes
 * that remember its result are told in any case, also when Redis has forgotten it already.
 *
 * KEYS record. ARGV channel; removed: where those who remember results listen. Replies `removed` or
 * `absent`.
 */
export const removeScript = defineScript({
  name: 'delete',
  keys: ['record'],
  args: ['channel', 'removed'],
  lua: /* lua */ `
${recordLua}
announce(removed, record)
local kind = redis.call('TYPE', record)
kind = type(kind) == 'table' and kind.ok or kind
if kind == 'none' then return { 'absent' } end
local current = kind == 'hash' and fields(record, 'state', 'token', 'steps') or {}
local state, token, has_steps = current[1], current[2], current[3]
if state == 'free' and not has_steps then return { 'absent' } end
if not tonumber(token or '') then
  redis.call('DEL', record)
else
  leave_tombstone(token)
end
announce(channel, 'free')
return { 'removed' }
`,
  parse: (reply) => texts(reply)[0] === 'removed',
});
