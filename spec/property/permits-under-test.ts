import { PermitCommands } from '../../src/lock/permits/permit-commands.js';
import { permitKeys } from '../../src/lock/permits/permit-keys.js';
import type { PermitPool } from '../../src/lock/permits/permit-pool.js';
import { ALL } from '../../src/lock/permits/scripts/permit-state.js';
import { RedisRunner } from '../../src/redis/redis-runner.js';
import { defineScript, texts } from '../../src/redis/script.js';
import { FROZEN_MS, livingLua, parseLook, ttlsLua, waitingLua } from './look-lua.js';
import type { QueueRules } from './queue-model.js';
import type { Client, Part, QueueUnderTest } from './queue-under-test.js';

/** So many owners at a time; or one that wants all. */
export function poolRules({ permits }: PermitPool): QueueRules {
  return {
    fits: (id, owners) =>
      owners.length === 0 || (owners.length < permits && ![id, ...owners].some(wantsAll)),
    isPool: true,
  };
}

const keyNames = ['state', 'owners', 'pending', 'queue', 'alive', 'receipts'] as const;

const lookScript = defineScript({
  name: 'look at a pool',
  keys: keyNames,
  args: [],
  lua: /* lua */ `
local nowMs = millis()
local owned = ''
local held = redis.call('ZRANGE', owners, '0', '-1', 'WITHSCORES')
for i = 1, #held, 2 do
  local id, left = held[i], tonumber(held[i + 1]) - nowMs
  if left > 0 then
    local token = fields(state, 'of:' .. id)[1] or '0'
    local isPending = redis.call('ZSCORE', pending, id) and '1' or '0'
    owned = owned .. id .. ' ' .. token .. ' ' .. int(left) .. ' ' .. isPending .. ';'
    redis.call('ZADD', owners, int(nowMs + ${FROZEN_MS}), id)
  end
end
${waitingLua}
${livingLua}
${ttlsLua(keyNames)}
return { owned, waiting, living, ttls }
`,
  parse: (reply) => parseLook(texts(reply)),
});

/** That pool, whose scripts are sent through that client. */
export function permitsUnderTest(
  redis: Client,
  namespace: string,
  pool: PermitPool,
): QueueUnderTest {
  const runner = new RedisRunner(redis, 5);
  const commands = new PermitCommands({ runner, namespace }, { pool, share: 'one' });
  const keys = permitKeys(namespace, pool.kind, pool.name);
  const keysOf: Record<Part, readonly string[]> = {
    state: [keys.state, keys.owners, keys.pending],
    queue: [keys.queue],
    alive: [keys.alive],
    receipts: [keys.receipts],
  };
  return {
    commands,
    markOfAll: pool.kind === 'read-write' ? ALL : '',
    address: commands.address,
    pattern: `${keys.state}*`,
    forceRelease: (id) => commands.forceRelease(id),
    async inspect() {
      const { owners, waiters } = await commands.inspect();
      const held = owners.map(({ owner, token }) => ({ id: owner, token }));
      return { owners: held.sort(byId), waiters: waiters.length };
    },
    async look() {
      const { owners, ...rest } = await runner.script(lookScript, { ...keys }, 'a test');
      return { owners: [...owners].sort(byId), ...rest };
    },
    expire: (id) => redis.zadd(keys.owners, 'XX', 1, id),
    die: (process) => redis.zadd(keys.alive, 'XX', 1, process),
    wipe: (lost) => redis.del(...lost.flatMap((part) => keysOf[part])),
  };
}

function wantsAll(id: string): boolean {
  return id.endsWith(ALL);
}

/** Leases that end at the same moment have no order. */
function byId(a: { readonly id: string }, b: { readonly id: string }): number {
  return a.id < b.id ? -1 : 1;
}
