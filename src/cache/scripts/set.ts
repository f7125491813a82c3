import { defineScript, texts } from '../../redis/script.js';

/**
 * Stores a value. A load that is running loses: its value will not be stored.
 *
 * KEYS value, stale, load; receipt: of this one call. ARGV text; ttl: ms, or 0 for no expiry; when:
 * `always`, `absent` or `present`; channel. Replies whether it was stored.
 *
 * A conditional call that was carried out leaves a receipt for a minute. Sent again after a lost
 * reply, it finds the receipt and answers the same, where it would else find its own value, or
 * overwrite a newer one.
 */
export const setScript = defineScript({
  name: 'set',
  keys: ['value', 'stale', 'load', 'receipt'],
  args: ['text', 'ttl', 'when', 'channel'],
  lua: /* lua */ `
if when ~= 'always' then
  if redis.call('EXISTS', receipt) == 1 then return { 'yes' } end
  local is_present = redis.call('EXISTS', value) == 1
  if is_present ~= (when == 'present') then return { 'no' } end
  redis.call('SET', receipt, '1', 'PX', '60000')
end
if ttl == '0' then redis.call('SET', value, text)
else redis.call('SET', value, text, 'PX', ttl) end
redis.call('DEL', stale)
if redis.call('DEL', load) == 1 then announce(channel, 'set') end
return { 'yes' }
`,
  parse: (reply) => texts(reply)[0] === 'yes',
});
