import { defineScript } from '../../../redis/script.js';
import { handOnPermits, readPool } from './permit-state.js';

/**
 * Takes an acquisition out of the queue that its caller gave up, or gives back its share if it has one
 * meanwhile. Either can let others in: those behind a writer, too.
 *
 * KEYS state, owners, pending, queue, alive.
 * ARGV id (of the acquisition), what (`all`, or `grant`: only a grant that nobody confirmed), permits,
 * wake, address.
 *
 * Sent twice, the second time finds nothing to do.
 */
export const leavePermitScript = defineScript({
  name: 'permit leave',
  keys: ['state', 'owners', 'pending', 'queue', 'alive'],
  args: ['id', 'what', 'permits', 'wake', 'address'],
  isFollowUp: true,
  lua: /* lua */ `
${readPool}
${handOnPermits}
local isGivenBack = redis.call('ZSCORE', what == 'all' and owners or pending, id)
if isGivenBack then drop(id) end
local hasLeft = what == 'all' and redis.call('ZREM', queue, id) == 1
if isGivenBack or hasLeft then handOn() end
return 'left'
`,
  parse: () => undefined,
});
