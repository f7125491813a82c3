import { LockCommands } from '../../src/lock/lock-commands.js';
import { lockKeys } from '../../src/lock/lock-keys.js';
import { RedisRunner } from '../../src/redis/redis-runner.js';
import { defineScript, texts } from '../../src/redis/script.js';
import { FROZEN_MS, livingLua, parseLook, ttlsLua, waitingLua } from './look-lua.js';
import type { QueueRules } from './queue-model.js';
import { type Client, parts, type QueueUnderTest } from './queue-under-test.js';

/** One owner at a time. */
export const lockRules: QueueRules = {
  fits: (_, owners) => owners.length === 0,
  isPool: false,
};

const lookScript = defineScript({
  name: 'look at a lock',
  keys: parts,
  args: [],
  lua: /* lua */ `
local nowMs = millis()
local stored = fields(state, 'owner', 'token', 'until', 'pending')
local owned = ''
if stored[1] and stored[1] ~= '' then
  local left = tonumber(stored[3]) - nowMs
  if left > 0 then
    owned = stored[1] .. ' ' .. stored[2] .. ' ' .. int(left) .. ' ' .. (stored[4] or '0') .. ';'
    redis.call('HSET', state, 'until', int(nowMs + ${FROZEN_MS}))
  end
end
${waitingLua}
${livingLua}
${ttlsLua(parts)}
return { owned, waiting, living, ttls }
`,
  parse: (reply) => parseLook(texts(reply)),
});

/** A lock of that name, whose scripts are sent through that client. */
export function lockUnderTest(redis: Client, namespace: string, name: string): QueueUnderTest {
  const runner = new RedisRunner(redis, 5);
  const commands = new LockCommands({ runner, namespace }, name);
  const keys = lockKeys(namespace, name);
  return {
    commands,
    markOfAll: '',
    address: commands.address,
    pattern: `${keys.state}*`,
    forceRelease: (id) => commands.forceRelease(id),
    async inspect() {
      const { isHeld, owner, token, agesMs } = await commands.inspect();
      return { owners: isHeld ? [{ id: owner, token }] : [], waiters: agesMs.length };
    },
    look: () => runner.script(lookScript, { ...keys }, 'a test'),
    expire: () => redis.hset(keys.state, 'until', '1'),
    die: (process) => redis.zadd(keys.alive, 'XX', 1, process),
    wipe: (lost) => redis.del(...lost.map((part) => keys[part])),
  };
}
