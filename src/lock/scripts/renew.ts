import { defineScript } from '../../redis/script.js';
import { keepFor, readState } from './lock-state.js';

/** What a renewal answers. A lease that ended is not revived, even if nobody took the lock. */
export type RenewReply =
  | { readonly is: 'renewed'; readonly token: number }
  | { readonly is: 'expired' | 'taken' };

/**
 * Lets the owner's lease last `ttl` from now on. Also how the one that was handed the lock confirms
 * that it is there.
 *
 * KEYS state. ARGV id (of the acquisition), ttl (ms). Sent twice it answers the same.
 */
export const renewScript = defineScript({
  name: 'lock renew',
  keys: ['state'],
  args: ['id', 'ttl'],
  isFollowUp: true,
  lua: /* lua */ `
${readState}
${keepFor}
if owner ~= id then return { 'taken', '' } end
if isFree then return { 'expired', '' } end
redis.call('HSET', state, 'until', int(nowMs + tonumber(ttl)), 'pending', '0')
keepFor(tonumber(ttl))
return { 'renewed', int(token) }
`,
  parse: parseRenew,
});

/** @param reply a list: what it is, and the token */
export function parseRenew(reply: unknown): RenewReply {
  const [is, token] = reply as [RenewReply['is'], string];
  return is === 'renewed' ? { is, token: Number(token) } : { is };
}
