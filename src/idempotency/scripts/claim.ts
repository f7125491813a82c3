import { defineScript, texts } from '../../redis/script.js';
import { recordLua } from './record.js';

/** What a claim can be answered. */
export type ClaimReply =
  | { readonly status: 'claimed'; readonly attempt: number; readonly token: number }
  | {
      readonly status: 'completed';
      readonly kind: string;
      readonly result: string;
      readonly fingerprint: string;
      /** How long the result is still kept. */
      readonly ttlSeconds: number;
    }
  | { readonly status: 'completed-without-result'; readonly fingerprint: string }
  | { readonly status: 'in-progress'; readonly expiresInSeconds: number }
  | { readonly status: 'abandoned'; readonly expiresInSeconds: number }
  | { readonly status: 'key-reused' }
  | { readonly status: 'foreign' };

/**
 * Claims a key, or says why not. The one round trip that decides.
 *
 * KEYS record. ARGV owner: this claimer; lease, ttl: ms; fingerprint: or empty; takeover:
 * after-lease or never. Only a reply of `claimed` changes the record. Sent twice by one owner it
 * claims once.
 */
export const claimScript = defineScript({
  name: 'claim',
  keys: ['record'],
  args: ['owner', 'lease', 'ttl', 'fingerprint', 'takeover'],
  lua: /* lua */ `
${recordLua}
local record_fields = fields(record, 'state', 'owner', 'token', 'attempt', 'until', 'takeover',
  'fingerprint', 'kind', 'result')
local state, holder, token, attempt, lease_end, holder_takeover, known, kind, result =
  unpack(record_fields, 1, 9)
if is_foreign(state, token) then return { 'foreign' } end
local now = micros()
local now_ms = math.floor(now / 1000)
local next_attempt, next_token = 1, int(math.max(now, (tonumber(token) or 0) + 1))
if state and state ~= 'free' then
  if known and fingerprint ~= '' and known ~= fingerprint then return { 'key-reused' } end
  if state == 'completed' then
    return { 'completed', kind or '', result or '', known or '', int(redis.call('PTTL', record)) }
  end
  if state == 'completed-without-result' then return { state, known or '' } end
  if not (tonumber(lease_end) and tonumber(attempt)) then return { 'foreign' } end
  if holder == owner then
    next_attempt, next_token = tonumber(attempt), token
  else
    local left = tonumber(lease_end) - now_ms
    if left > 0 then return { 'in-progress', int(left) } end
    if takeover == 'never' or holder_takeover == 'never' then
      return { 'abandoned', int(redis.call('PTTL', record)) }
    end
    next_attempt = tonumber(attempt) + 1
  end
end
redis.call('HSET', record, 'state', 'in-progress', 'owner', owner, 'token', next_token,
  'attempt', int(next_attempt), 'until', int(now_ms + tonumber(lease)), 'takeover', takeover,
  'since', int(now_ms))
if fingerprint ~= '' then redis.call('HSET', record, 'fingerprint', fingerprint) end
-- The record outlives the lease: a late owner whom nobody replaced still finds it.
redis.call('PEXPIRE', record, int(tonumber(lease) + tonumber(ttl)))
return { 'claimed', int(next_attempt), next_token }
`,
  parse(reply): ClaimReply {
    const [status, ...rest] = texts(reply);
    switch (status) {
      case 'claimed':
        return { status, attempt: Number(rest[0]), token: Number(rest[1]) };
      case 'completed':
        return {
          status,
          kind: rest[0] ?? '',
          result: rest[1] ?? '',
          fingerprint: rest[2] ?? '',
          ttlSeconds: Number(rest[3]) / 1000,
        };
      case 'completed-without-result':
        return { status, fingerprint: rest[0] ?? '' };
      case 'in-progress':
      case 'abandoned':
        return { status, expiresInSeconds: Number(rest[0]) / 1000 };
      case 'key-reused':
        return { status };
      default:
        return { status: 'foreign' };
    }
  },
});
