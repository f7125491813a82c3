import { defineScript, texts } from '../../redis/script.js';

/**
 * Stores what was loaded, unless a `set` or a `delete` came meanwhile, or the lease ran out: then the
 * load key no longer names this loader.
 *
 * KEYS value, stale, load. ARGV loader: this caller; text; ttl: ms; stale_ttl: ms, or 0 for no
 * stale copy; channel. Replies whether it was stored. Sent twice it stores once; the second reply
 * says no, and nobody depends on it.
 */
export const finishLoadScript = defineScript({
  name: 'finish-load',
  keys: ['value', 'stale', 'load'],
  args: ['loader', 'text', 'ttl', 'stale_ttl', 'channel'],
  isFollowUp: true,
  lua: /* lua */ `
if redis.call('GET', load) ~= loader then return { 'no' } end
redis.call('SET', value, text, 'PX', ttl)
if stale_ttl == '0' then redis.call('DEL', stale)
else redis.call('SET', stale, text, 'PX', stale_ttl) end
redis.call('DEL', load)
announce(channel, 'loaded')
return { 'yes' }
`,
  parse: (reply) => texts(reply)[0] === 'yes',
});
