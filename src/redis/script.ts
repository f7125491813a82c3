import { createHash } from 'node:crypto';

/** The names under which a script knows its keys and arguments. */
type Names = readonly string[];

/** A value for each name. */
type Values<N extends Names> = { readonly [Name in N[number]]: string | number };

/**
 * A Lua script as a named unit. It runs as a whole or not at all; nothing comes between its
 * commands. Keys and arguments have names, in Lua as in TypeScript.
 */
export interface Script<K extends Names = Names, A extends Names = Names, Reply = unknown> {
  readonly name: string;
  readonly keys: K;
  readonly args: A;
  readonly lua: string;
  readonly sha1: string;
  /**
   * Whether it keeps or ends what an earlier command began. It is sent also when too many commands are in
   * flight: refused, it would cost a lease, or the result of work that is done.
   */
  readonly isFollowUp: boolean;
  /** The same for the nodes of a cluster: it announces in shard channels. */
  readonly inCluster: { readonly lua: string; readonly sha1: string };
  /** Makes a typed reply of what Redis returned. */
  readonly parse: (reply: unknown) => Reply;
}

/** What one call of a script needs: every key and every argument by name. */
export type ScriptInput<S> =
  S extends Script<infer K, infer A, unknown> ? Values<K> & Values<A> : never;

/** What one call of a script answers. */
export type ScriptReply<S> = S extends Script<Names, Names, infer Reply> ? Reply : never;

/**
 * Defines a script. Its keys and arguments become Lua locals of the same names.
 *
 * Rules for the body, so that it runs on a real server and on ioredis-mock alike: no cjson,
 * cmsgpack or error replies; numbers are handed on only by `num` or `int`; hash fields are read by
 * `fields`; replies are flat lists. See prelude below.
 */
export function defineScript<
  const K extends Names,
  const A extends Names,
  Reply = unknown,
>(definition: {
  name: string;
  keys: K;
  args: A;
  /** See {@link Script.isFollowUp}. Default: false. */
  isFollowUp?: boolean;
  lua: string;
  parse: (reply: unknown) => Reply;
}): Script<K, A, Reply> {
  const { name, keys, args, parse, isFollowUp = false } = definition;
  const withAnnounce = (announce: string) => {
    const lua = [
      `-- qx-cache ${name}`,
      ...keys.map((key, i) => `local ${key} = KEYS[${i + 1}]`),
      ...args.map((arg, i) => `local ${arg} = ARGV[${i + 1}]`),
      prelude,
      announce,
      definition.lua.trim(),
    ].join('\n');
    return { lua, sha1: createHash('sha1').update(lua).digest('hex') };
  };
  const inCluster = withAnnounce(announceInCluster);
  return { name, keys, args, parse, isFollowUp, ...withAnnounce(announce), inCluster };
}

/**
 * What every script can use.
 *
 * - `int(n)`: a number as text. `tostring` rounds above 2^47 in Lua 5.1 and adds ".0" in 5.3.
 * - `num(n)`: a number for a command or a reply; much cheaper than text where the server takes it.
 * - `fields(key, ...)`: hash fields as a list, `false` where missing (ioredis-mock has a null of its
 *   own for these).
 * - `announce(channel, message)`: wakes who waits. A message is a hint, so a user without the right to
 *   the channel must not stop the script half-way.
 * - `micros()`, `millis()`: the server's clock. No client clock takes part in any decision.
 */
const prelude = /* lua */ `
local function int(n) return string.format('%.0f', n) end
local function num(n) return n end
if _VERSION == 'Lua 5.3' then num = int end -- ioredis-mock stores numbers as such
local function fields(key, ...)
  local values = redis.call('HMGET', key, ...)
  for i = 1, select('#', ...) do
    if type(values[i]) ~= 'string' then values[i] = false end
  end
  return values
end
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
end
local function millis() return math.floor(micros() / 1000) end
`.trim();

const announce = /* lua */ `
local function announce(channel, message) redis.pcall('PUBLISH', channel, message) end
`.trim();

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
end
`.trim();

/** A reply that is a list of text. */
export function texts(reply: unknown): string[] {
  return (reply as unknown[]).map(String);
}
