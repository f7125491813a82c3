import type { Snapshot } from './queue-under-test.js';

/** For how long whatever has not ended lasts after each look, in milliseconds. */
export const FROZEN_MS = 3_600_000;

/** Reads the queue into `waiting`. */
export const waitingLua = /* lua */ `
local waiting = ''
local queued = redis.call('ZRANGE', queue, '0', '-1', 'WITHSCORES')
for i = 1, #queued, 2 do
  waiting = waiting .. queued[i] .. ' ' .. int(tonumber(queued[i + 1])) .. ';'
end
`;

/** Reads the processes that are alive into `living`, and keeps them so. */
export const livingLua = /* lua */ `
local living = ''
local processes = redis.call('ZRANGE', alive, '0', '-1', 'WITHSCORES')
for i = 1, #processes, 2 do
  if tonumber(processes[i + 1]) > nowMs then
    living = living .. processes[i] .. ';'
    redis.call('ZADD', alive, int(nowMs + ${FROZEN_MS}), processes[i])
  end
end
`;

/** Reads the expiry of each key into `ttls`. */
export function ttlsLua(keys: readonly string[]): string {
  return /* lua */ `
local ttls = ''
for _, key in ipairs({ ${keys.join(', ')} }) do ttls = ttls .. int(redis.call('PTTL', key)) .. ';' end
`;
}

/** @param texts the owners (id, token, ms left, `1` if pending), the queue, the living, the TTLs */
export function parseLook([owned, waiting, living, ttls]: readonly string[]): Snapshot {
  return {
    owners: rows(owned).map(([id = '', token, leftMs, pending]) => ({
      id,
      token: Number(token),
      leftMs: Number(leftMs),
      isPending: pending === '1',
    })),
    queue: rows(waiting).map(([id = '', ticket]) => ({ id, ticket: Number(ticket) })),
    alive: rows(living).flat(),
    ttls: rows(ttls).flat().map(Number),
  };
}

function rows(text = ''): string[][] {
  return text
    .split(';')
    .filter(Boolean)
    .map((row) => row.split(' '));
}
