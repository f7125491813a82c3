/** How long a process counts as alive after each sign of life, in milliseconds: three heartbeats. */
const ALIVE_MS = 3200;

/** How long the queue outlives the last sign of life of anybody in it, in milliseconds. */
const QUEUE_MS = 60_000;

/**
 * - `processOf(id)`: the process of an acquisition.
 * - `isAlive(process)`: whether it has said lately that it lives.
 * - `live(process)`: it says so now, and keeps the queue.
 *
 * Needs the keys `queue` and `alive`, and the local `nowMs`.
 */
export const liveness = /* lua */ `
local function processOf(id) return string.match(id, '^[^:]+') end
local function isAlive(process)
  local last = redis.call('ZSCORE', alive, process)
  return last and tonumber(last) > nowMs
end
local function live(process)
  redis.call('ZADD', alive, int(nowMs + ${ALIVE_MS}), process)
  redis.call('PEXPIRE', alive, '${QUEUE_MS}')
  redis.call('PEXPIRE', queue, '${QUEUE_MS}')
end
`;
