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
  lua: /* lua */ `
${readPool}
${handOnPermits}
if what == 'all' then redis.call('ZREM', queue, id) end
if what == 'all' or redis.call('ZSCORE', pending, id) then drop(id) end
handOn()
return 'left'
`,
  parse: () => undefined,
});
