import { defineScript } from '../../redis/script.js';
import { handOn } from './hand-on.js';
import { readState } from './lock-state.js';

/**
 * Takes an acquisition out of the queue that its caller gave up; if it has become the owner
 * meanwhile, hands the lock on.
 *
 * KEYS state, queue, alive.
 * ARGV id (of the acquisition), what (`all`, or `grant`: only a grant that nobody confirmed), wake,
 * address.
 *
 * Sent twice, the second time finds nothing to do.
 */
export const leaveScript = defineScript({
  name: 'lock leave',
  keys: ['state', 'queue', 'alive'],
  args: ['id', 'what', 'wake', 'address'],
  isFollowUp: true,
  lua: /* lua */ `
${readState}
${handOn}
if what == 'all' then redis.call('ZREM', queue, id) end
if owner == id and (what == 'all' or isPending) then
  -- Its process is alive: it says so itself.
  isPending = false
  handOn()
end
return 'left'
`,
  parse: () => undefined,
});
