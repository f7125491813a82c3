import { defineScript, texts } from '../../../redis/script.js';
import { readPool } from './permit-state.js';

/** What an inspection answers. */
export interface PermitsReply {
  /** Those that hold a share, the one whose lease ends first in front. */
  readonly owners: readonly PermitOwner[];
  /** Those that wait and are alive, first in the queue first. */
  readonly waiters: readonly PermitWaiter[];
}

interface PermitOwner {
  /** The id of its acquisition. */
  readonly owner: string;
  readonly token: number;
  readonly leftMs: number;
  readonly hasAll: boolean;
}

interface PermitWaiter {
  readonly ageMs: number;
  readonly wantsAll: boolean;
}

/**
 * Reads the pool and its queue, and changes nothing.
 *
 * KEYS state, owners, queue, alive. A ticket is the time at which its waiter asked, in µs.
 */
export const inspectPermitsScript = defineScript({
  name: 'permit inspect',
  keys: ['state', 'owners', 'queue', 'alive'],
  args: [],
  lua: /* lua */ `
${readPool}
-- Texts, because ioredis-mock does not take a list that grew for a list.
local held = ''
local owned = redis.call('ZRANGE', owners, '0', '-1', 'WITHSCORES')
for i = 1, #owned, 2 do
  local left = tonumber(owned[i + 1]) - nowMs
  local share = wantsAll(owned[i]) and 'all' or 'one'
  if left > 0 then
    held = held .. owned[i] .. ' ' .. (tokenOf(owned[i]) or '0') .. ' ' .. int(left) .. ' ' .. share .. ';'
  end
end
local waiting = ''
local queued = redis.call('ZRANGE', queue, '0', '-1', 'WITHSCORES')
local lives = {}
for i = 1, #queued, 2 do
  local process = processOf(queued[i])
  if lives[process] == nil then lives[process] = isAlive(process) or false end
  if lives[process] then
    local age = int(math.max(0, math.floor((now - tonumber(queued[i + 1])) / 1000)))
    waiting = waiting .. age .. ' ' .. (wantsAll(queued[i]) and 'all' or 'one') .. ';'
  end
end
return { held, waiting }
`,
  parse(reply): PermitsReply {
    const [held, waiting] = texts(reply);
    return {
      owners: rows(held).map(([owner = '', token, leftMs, share]) => ({
        owner,
        token: Number(token),
        leftMs: Number(leftMs),
        hasAll: share === 'all',
      })),
      waiters: rows(waiting).map(([ageMs, share]) => ({
        ageMs: Number(ageMs),
        wantsAll: share === 'all',
      })),
    };
  },
});

function rows(text = ''): string[][] {
  return text
    .split(';')
    .filter(Boolean)
    .map((row) => row.split(' '));
}
