import { defineScript, texts } from '../../redis/script.js';
import { recordLua } from './record.js';

/** The facts of a record; numbers as text, empty where a field is missing. */
export type InspectReply = 'absent' | 'foreign' | Readonly<Record<Fact, string>>;

const facts = [
  'state',
  'token',
  'attempt',
  'fingerprint',
  'ageMs',
  'leaseMs',
  'ttlMs',
  'resultBytes',
  'version',
  'steps',
] as const;
type Fact = (typeof facts)[number];

/**
 * Describes a record without its payload; changes nothing.
 *
 * KEYS record. Replies `absent`, `foreign`, or the facts in the order of the list above; `steps` are the
 * names of the finished ones, packed.
 */
export const inspectScript = defineScript({
  name: 'inspect',
  keys: ['record'],
  args: [],
  lua: /* lua */ `
${recordLua}
local current = fields(record, 'state', 'token', 'attempt', 'fingerprint', 'since', 'until',
  'version', 'steps')
local state, token, attempt, fingerprint, since, lease_end, version, has_steps =
  unpack(current, 1, 8)
if is_foreign(state, token) then return { 'foreign' } end
if not state or state == 'free' then return { 'absent' } end
local now = millis()
local lease_left = ''
if lease_end then
  lease_left = int(math.max(0, tonumber(lease_end) - now))
  if lease_left == '0' then state = 'abandoned' end
end
local steps = {}
if has_steps then each_step(function(_, name) table.insert(steps, name) end) end
return { state, token, attempt or '1', fingerprint or '', int(now - tonumber(since or now)),
  lease_left, int(redis.call('PTTL', record)), int(redis.call('HSTRLEN', record, 'result')),
  version or '', packed(steps) }
`,
  parse(reply): InspectReply {
    const values = texts(reply);
    if (values[0] === 'absent' || values[0] === 'foreign') return values[0];
    return Object.fromEntries(facts.map((fact, i) => [fact, values[i] ?? ''])) as Record<
      Fact,
      string
    >;
  },
});
