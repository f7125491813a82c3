import { defineScript } from '../../../redis/script.js';
import { fencedLua, parseFenced } from './fenced-state.js';

/**
 * Deletes a guarded value, unless a newer token was seen, and keeps the token: an older owner still can't
 * write.
 *
 * KEYS guarded, receipts. ARGV id (of this write), token, ttl (ms).
 *
 * Sent twice it finds its receipt and answers the same.
 */
export const fencedDeleteScript = defineScript({
  name: 'fenced delete',
  keys: ['guarded', 'receipts'],
  args: ['id', 'token', 'ttl'],
  lua: /* lua */ `
${fencedLua}
if wasDone() then return { 'written', '' } end
local newest = newestToken()
if not newest then return { 'foreign', '' } end
if newest > tonumber(token) then return { 'fenced', int(newest) } end
redis.call('HSET', guarded, 'token', token)
redis.call('HDEL', guarded, 'text')
finish()
return { 'written', '' }
`,
  parse: parseFenced,
});
