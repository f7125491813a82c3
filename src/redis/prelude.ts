/**
 * What scripts can use.
 *
 * - `int(n)`: a number as text. `tostring` rounds above 2^47 in Lua 5.1 and adds ".0" in 5.3.
 * - `num(n)`: a number for a command or a reply; much cheaper than text where the server takes it.
 * - `fields(key, ...)`: hash fields as a list, `false` where missing.
 * - `micros()`, `millis()`: the server's clock. No client clock takes part in any decision.
 * - `announce(channel, message)`: wakes who waits. A message is a hint, so a user without the right to
 *   the channel must not stop the script half-way.
 *
 * Each uses those before it.
 */
const helpers = {
  int: /* lua */ `local function int(n) return string.format('%.0f', n) end`,

  num: /* lua */ `
local function num(n) return n end
if _VERSION == 'Lua 5.3' then num = int end -- ioredis-mock stores numbers as such`,

  fields: /* lua */ `
local function fields(key, ...)
  local values = redis.call('HMGET', key, ...)
  if _VERSION == 'Lua 5.1' then return values end
  -- ioredis-mock has a null of its own for what is missing.
  for i = 1, select('#', ...) do
    if type(values[i]) ~= 'string' then values[i] = false end
  end
  return values
end`,

  micros: /* lua */ `
local function micros()
  if _VERSION == 'Lua 5.3' then
    -- ioredis-mock: its TIME joins parts of two clocks and jumps. Its expiry keeps the right one.
    redis.call('SET', 'qx-cache:clock', '1')
    redis.call('PEXPIREAT', 'qx-cache:clock', '4102444800000')
    local left = redis.call('PTTL', 'qx-cache:clock')
    redis.call('DEL', 'qx-cache:clock')
    return (4102444800000 - left) * 1000
  end
  local time = redis.call('TIME')
  return tonumber(time[1]) * 1000000 + tonumber(time[2])
end`,

  millis: /* lua */ `local function millis() return math.floor(micros() / 1000) end`,

  announce: /* lua */ `
local function announce(channel, message) redis.pcall('PUBLISH', channel, message) end`,
};

/**
 * A channel with the hash tag of the keys is one of their shard, which spares all other nodes the
 * message. A node that has no shard channels (Redis 6), or does not allow them, says so; the listener
 * got the same answer from the same node (see ClusterSubscriber).
 */
const announceInCluster = /* lua */ `
local function announce(channel, message)
  if string.find(channel, '{', 1, true) then
    if type(redis.pcall('SPUBLISH', channel, message)) == 'number' then return end
  end
  redis.pcall('PUBLISH', channel, message)
end`;

/** What a script uses of the helpers, and no more: each is made anew at every call. */
export function preludeFor(body: string, place: 'lone' | 'cluster'): string {
  const used: string[] = [];
  for (const [name, lua] of Object.entries(helpers).reverse()) {
    if (!new RegExp(`\\b${name}\\b`).test([body, ...used].join('\n'))) continue;
    used.unshift((name === 'announce' && place === 'cluster' ? announceInCluster : lua).trim());
  }
  return used.join('\n');
}
