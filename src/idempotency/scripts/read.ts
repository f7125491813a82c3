import { defineScript, texts } from '../../redis/script.js';
import { recordLua } from './record.js';

/** A stored result. */
export interface CompletedReply {
  readonly status: 'completed';
  readonly kind: string;
  readonly result: string;
  readonly fingerprint: string;
  readonly version: string;
  /** How long the result is still kept. */
  readonly ttlSeconds: number;
}

/** @param rest kind, result, fingerprint, the TTL in ms and version */
export function parseCompleted(rest: readonly string[]): CompletedReply {
  const [kind = '', result = '', fingerprint = '', ttl, version = ''] = rest;
  const ttlSeconds = Number(ttl) / 1000;
  return { status: 'completed', kind, result, fingerprint, version, ttlSeconds };
}

/** What a read finds. */
export type ReadReply =
  | CompletedReply
  | { readonly status: 'absent' | 'completed-without-result' | 'foreign' };

/**
 * Reads a stored result; changes nothing.
 *
 * KEYS record. Replies `completed` with kind, result, fingerprint, the TTL in ms and version;
 * `completed-without-result`, `foreign`, or `absent` (also while in progress).
 */
export const readScript = defineScript({
  name: 'read',
  keys: ['record'],
  args: [],
  lua: /* lua */ `
${recordLua}
local current = fields(record, 'state', 'token', 'kind', 'result', 'fingerprint', 'version')
if is_foreign(current[1], current[2]) then return { 'foreign' } end
if current[1] == 'completed' then
  return { 'completed', current[3] or '', current[4] or '', current[5] or '',
    int(redis.call('PTTL', record)), current[6] or '' }
end
if current[1] == 'completed-without-result' then return { current[1] } end
return { 'absent' }
`,
  parse(reply): ReadReply {
    const [status, ...rest] = texts(reply);
    return status === 'completed'
      ? parseCompleted(rest)
      : { status: status as 'absent' | 'completed-without-result' | 'foreign' };
  },
});
