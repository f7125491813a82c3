import { defineScript, texts } from '../../redis/script.js';

/** `gone`: a `set`, a `delete` or the end of the lease removed it. `taken`: another one loads. */
export type RenewReply = 'renewed' | 'gone' | 'taken';

/**
 * Extends the lease of a load that is still running.
 *
 * KEYS load. ARGV loader: this caller; lease: ms. Replies: see {@link RenewReply}. Safe to send
 * twice.
 */
export const renewLoadScript = defineScript({
  name: 'renew-load',
  keys: ['load'],
  args: ['loader', 'lease'],
  isFollowUp: true,
  lua: /* lua */ `
local holder = redis.call('GET', load)
if not holder then return { 'gone' } end
if holder ~= loader then return { 'taken' } end
redis.call('PEXPIRE', load, lease)
return { 'renewed' }
`,
  parse: (reply) => texts(reply)[0] as RenewReply,
});
