import { defineScript, texts } from '../../redis/script.js';

/**
 * Ends a load that brought nothing, so that one of those who wait loads next.
 *
 * KEYS load. ARGV loader: this caller; channel. Replies whether it was the loader. Safe to send
 * twice: the second finds nothing to do.
 */
export const giveUpLoadScript = defineScript({
  name: 'give-up-load',
  keys: ['load'],
  args: ['loader', 'channel'],
  isFollowUp: true,
  lua: /* lua */ `
if redis.call('GET', load) ~= loader then return { 'no' } end
redis.call('DEL', load)
announce(channel, 'given-up')
return { 'yes' }
`,
  parse: (reply) => texts(reply)[0] === 'yes',
});
