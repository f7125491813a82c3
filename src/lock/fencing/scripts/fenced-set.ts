import { defineScript } from '../../../redis/script.js';
import { fencedLua, parseFenced } from './fenced-state.js';

/**
 * Writes a guarded value, unless a newer token was seen.
 *
 * KEYS guarded, receipts. ARGV id (of this write), token, text (its codec's id in front), ttl (ms).
 *
 * Sent twice it finds its receipt and answers the same. What another codec wrote is not overwritten.
 */
export const fencedSetScript = defineScript({
  name: 'fenced set',
  keys: ['guarded', 'receipts'],
  args: ['id', 'token', 'text', 'ttl'],
  lua: /* lua */ `
${fencedLua}
if wasDone() then return { 'written', '' } end
local newest = newestToken()
if not newest then return { 'foreign', '' } end
if newest > tonumber(token) then return { 'fenced', int(newest) } end
local old = fields(guarded, 'text')[1]
local codec = string.match(text, '^[^:]*')
if old and string.match(old, '^[^:]*') ~= codec then return { 'foreign', '' } end
redis.call('HSET', guarded, 'token', token, 'text', text)
finish()
return { 'written', '' }
`,
  parse: parseFenced,
});
