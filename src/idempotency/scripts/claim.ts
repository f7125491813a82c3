import { defineScript, texts } from '../../redis/script.js';
import { type CompletedReply, parseCompleted } from './read.js';
import { changeLua, isForeignLua } from './record.js';

/** What a claim can be answered. */
export type ClaimReply =
  | {
      readonly status: 'claimed';
      readonly attempt: number;
      readonly token: number;
      /** Names of finished steps of earlier attempts and what they returned by turns, packed. */
      readonly steps: string;
    }
  | CompletedReply
  | {
      readonly status: 'completed-without-result';
      readonly fingerprint: string;
      readonly version: string;
    }
  | { readonly status: 'other-version'; readonly version: string }
  | { readonly status: 'in-progress'; readonly expiresInSeconds: number }
  | { readonly status: 'abandoned'; readonly expiresInSeconds: number }
  | { readonly status: 'key-reused' }
  | { readonly status: 'foreign' };

/**
 * Claims a key, or says why not. The one round trip that decides.
 *
 * KEYS record. ARGV owner: this claimer; lease, ttl: ms; fingerprint, version: or empty; mismatch:
 * `execute` to replace the result of another version; takeover: after-lease or never; removed: the
 * channel of removals. Only a reply of `claimed` changes the record. Sent twice by one owner it claims
 * once. A claim gets the finished steps of those before it, if they are of its payload and version.
 */
export const claimScript = defineScript({
  name: 'claim',
  keys: ['record'],
  args: ['owner', 'lease', 'ttl', 'fingerprint', 'version', 'mismatch', 'takeover', 'removed'],
  lua: /* lua */ `
if redis.call('EXISTS', record) == 0 then
  -- The usual case, kept short: nobody has used this key.
  local now = micros()
  local now_ms = math.floor(now / 1000)
  local claim_token = int(now)
  local claim = { 'state', 'in-progress', 'owner', owner, 'token', claim_token, 'attempt', '1',
    'until', int(now_ms + tonumber(lease)), 'takeover', takeover, 'since', int(now_ms) }
  if fingerprint ~= '' then claim[15], claim[16] = 'fingerprint', fingerprint end
  if version ~= '' then claim[#claim + 1], claim[#claim + 2] = 'version', version end
  redis.call('HSET', record, unpack(claim))
  redis.call('PEXPIRE', record, int(tonumber(lease) + tonumber(ttl)))
  return { 'claimed', '1', claim_token, '' }
end
${isForeignLua}
local record_fields = fields(record, 'state', 'owner', 'token', 'attempt', 'until', 'takeover',
  'fingerprint', 'kind', 'result', 'version', 'steps')
local state, holder, token, attempt, lease_end, holder_takeover, known, kind, result, known_version,
  has_steps = unpack(record_fields, 1, 11)
if is_foreign(state, token) then return { 'foreign' } end
local is_other_payload = known and fingerprint ~= '' and known ~= fingerprint
local is_other_version = version ~= '' and known_version ~= version
local is_done = state == 'completed' or state == 'completed-without-result'
local replaces = is_done and is_other_version and mismatch == 'execute' and not is_other_payload
if state and state ~= 'free' and not replaces then
  if is_other_payload then return { 'key-reused' } end
  if is_done and is_other_version then return { 'other-version', known_version or '' } end
  if state == 'completed' then
    return { 'completed', kind or '', result or '', known or '', int(redis.call('PTTL', record)),
      known_version or '' }
  end
  if state == 'completed-without-result' then return { state, known or '', known_version or '' } end
  if not (tonumber(lease_end) and tonumber(attempt)) then return { 'foreign' } end
end
${changeLua}
local now = micros()
local now_ms = math.floor(now / 1000)
local next_attempt, next_token = 1, int(math.max(now, (tonumber(token) or 0) + 1))
if state == 'in-progress' then
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
if has_steps and (is_other_payload or is_other_version) then
  drop_steps()
  has_steps = false
end
redis.call('HSET', record, 'state', 'in-progress', 'owner', owner, 'token', next_token,
  'attempt', int(next_attempt), 'until', int(now_ms + tonumber(lease)), 'takeover', takeover,
  'since', int(now_ms))
tag(fingerprint, version)
if version == '' and known_version then redis.call('HDEL', record, 'version') end
if replaces then
  redis.call('HSET', record, 'before', state, 'before_version', known_version or '')
  announce(removed, record)
end
-- The record outlives the lease: a late owner whom nobody replaced still finds it.
redis.call('PEXPIRE', record, int(tonumber(lease) + tonumber(ttl)))
local steps = {}
if has_steps then
  each_step(function(field, name)
    table.insert(steps, name)
    table.insert(steps, fields(record, field)[1])
  end)
end
return { 'claimed', int(next_attempt), next_token, packed(steps) }
`,
  parse(reply): ClaimReply {
    const [status, ...rest] = texts(reply);
    switch (status) {
      case 'claimed':
        return {
          status,
          attempt: Number(rest[0]),
          token: Number(rest[1]),
          steps: rest[2] ?? '',
        };
      case 'completed':
        return parseCompleted(rest);
      case 'completed-without-result':
        return { status, fingerprint: rest[0] ?? '', version: rest[1] ?? '' };
      case 'other-version':
        return { status, version: rest[0] ?? '' };
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
