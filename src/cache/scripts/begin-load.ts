import { defineScript, texts } from '../../redis/script.js';

/** What a caller that wants a value, and can load it, is told. */
export type BeginReply =
  /** The value is there. */
  | { readonly status: 'hit'; readonly text: string }
  /** It expired, somebody loads it anew, and the old one will do meanwhile. */
  | { readonly status: 'stale'; readonly text: string }
  /** It expired, the old one will do meanwhile, and this caller has to load it anew. */
  | { readonly status: 'refresh'; readonly text: string }
  /** It is not there, and this caller has to load it. */
  | { readonly status: 'load' }
  /** It is not there, and this loader is at it, until its lease ends at least. */
  | { readonly status: 'wait'; readonly loader: string; readonly leaseSecondsLeft: number };

/**
 * Gives the value, or makes the caller its loader, or says who is. The one round trip that decides.
 *
 * KEYS value, stale: text; load: the id of the loader, for as long as its lease.
 * ARGV loader: this caller; lease: ms; allow_stale: 1 or 0.
 * Replies: see {@link BeginReply}. Sent twice by one caller it answers the same: the loader finds
 * itself.
 */
export const beginLoadScript = defineScript({
  name: 'begin-load',
  keys: ['value', 'stale', 'load'],
  args: ['loader', 'lease', 'allow_stale'],
  lua: /* lua */ `
local found = redis.call('GET', value)
if found then return { 'hit', found } end
local old = allow_stale == '1' and redis.call('GET', stale)
local holder = redis.call('GET', load)
if holder and holder ~= loader then
  if old then return { 'stale', old } end
  return { 'wait', holder, int(redis.call('PTTL', load)) }
end
redis.call('SET', load, loader, 'PX', lease)
if old then return { 'refresh', old } end
return { 'load' }
`,
  parse(reply): BeginReply {
    const [status, text = '', lease] = texts(reply);
    switch (status) {
      case 'hit':
      case 'stale':
      case 'refresh':
        return { status, text };
      case 'wait':
        return { status, loader: text, leaseSecondsLeft: Number(lease) / 1000 };
      default:
        return { status: 'load' };
    }
  },
});
