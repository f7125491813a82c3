import { defineScript, texts } from '../../redis/script.js';
import { liveness } from './liveness.js';
import { readState } from './lock-state.js';

/** What an inspection answers; times in milliseconds. */
export interface InspectReply {
  readonly isHeld: boolean;
  /** The id of the acquisition that holds it; empty when it is free. */
  readonly owner: string;
  readonly token: number;
  readonly leftMs: number;
  /** How long each live waiter has been waiting, first in the queue first. */
  readonly agesMs: readonly number[];
}

/**
 * Reads the lock and its queue, and changes nothing.
 *
 * KEYS state, queue, alive. A ticket is the time at which its waiter asked, in µs.
 */
export const inspectScript = defineScript({
  name: 'lock inspect',
  keys: ['state', 'queue', 'alive'],
  args: [],
  lua: /* lua */ `
${readState}
${liveness}
local ages = {}
local waiters = redis.call('ZRANGE', queue, '0', '-1', 'WITHSCORES')
local lives = {}
for i = 1, #waiters, 2 do
  local process = processOf(waiters[i])
  if lives[process] == nil then lives[process] = isAlive(process) or false end
  if lives[process] then
    ages[#ages + 1] = int(math.max(0, math.floor((now - tonumber(waiters[i + 1])) / 1000)))
  end
end
-- One text, because ioredis-mock does not take a list that grew for a list.
return {
  isFree and '' or owner, int(token), int(math.max(0, ends - nowMs)), table.concat(ages, ' '),
}
`,
  parse(reply): InspectReply {
    const [owner = '', token, leftMs, ages = ''] = texts(reply);
    return {
      isHeld: owner !== '',
      owner,
      token: Number(token),
      leftMs: Number(leftMs),
      agesMs: ages.split(' ').filter(Boolean).map(Number),
    };
  },
});
