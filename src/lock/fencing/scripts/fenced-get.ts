import { defineScript, texts } from '../../../redis/script.js';

/** What a read answers. `foreign`: the key holds something that is no guarded value. */
export type FencedGetReply =
  | { readonly is: 'absent' | 'foreign' }
  | { readonly is: 'present'; readonly text: string };

/** Reads a guarded value. KEYS guarded. Changes nothing. */
export const fencedGetScript = defineScript({
  name: 'fenced get',
  keys: ['guarded'],
  args: [],
  lua: /* lua */ `
local stored = fields(guarded, 'token', 'text')
if not tonumber(stored[1] or '') then
  return { redis.call('EXISTS', guarded) == 1 and 'foreign' or 'absent', '' }
end
if not stored[2] then return { 'absent', '' } end
return { 'present', stored[2] }
`,
  parse(reply): FencedGetReply {
    const [is, text = ''] = texts(reply);
    return is === 'present' ? { is, text } : { is: is === 'foreign' ? is : 'absent' };
  },
});
