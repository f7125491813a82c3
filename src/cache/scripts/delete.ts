import { defineScript, texts } from '../../redis/script.js';

/**
 * Removes a value and its stale copy. A load that is running loses: its value will not be stored.
 *
 * KEYS value, stale, load. ARGV channel. Replies whether there was a value.
 */
export const deleteScript = defineScript({
  name: 'delete',
  keys: ['value', 'stale', 'load'],
  args: ['channel'],
  lua: /* lua */ `
local was_there = redis.call('DEL', value) == 1
redis.call('DEL', stale)
if redis.call('DEL', load) == 1 then announce(channel, 'deleted') end
return { was_there and 'yes' or 'no' }
`,
  parse: (reply) => texts(reply)[0] === 'yes',
});
