import { defineScript, type Script } from './script.js';

// biome-ignore lint/suspicious/noExplicitAny: the widest script type; its parts are inferred back
type AnyScript = Script<any, any, any>;

/** What the keys and arguments of the second script of a chain are called in it. */
type Then<Name extends string> = `then_${Name}`;

/** Two scripts in one. Their keys need not share a slot, so it is not for a cluster. */
export type ChainedScript<First, Second> =
  First extends Script<infer K1, infer A1, infer R1>
    ? Second extends Script<infer K2, infer A2, infer R2>
      ? Script<
          readonly (K1[number] | Then<K2[number]>)[],
          readonly (A1[number] | Then<A2[number]>)[],
          { readonly first: R1; readonly second?: R2 }
        >
      : never
    : never;

/**
 * Makes one script of two: the second runs, with nothing in between, if the first went well. When the
 * second fails there is no answer of it: whoever asks it again, alone, gets the error.
 *
 * @param condition in Lua, over `reply`, which is what the first answered
 */
export function chainScripts<First extends AnyScript, Second extends AnyScript>(
  first: First,
  second: Second,
  condition: string,
): ChainedScript<First, Second> {
  const then = (names: readonly string[]) => names.map((name) => `then_${name}`);
  return defineScript({
    name: `${first.name}, then ${second.name}`,
    keys: [...first.keys, ...then(second.keys)],
    args: [...first.args, ...then(second.args)],
    lua: /* lua */ `
local function first(KEYS, ARGV)
${first.lua}
end
local function second(KEYS, ARGV)
${second.lua}
end
local reply = first({ ${first.keys.join(', ')} }, { ${first.args.join(', ')} })
if not (${condition}) then return { reply } end
-- What the first did stands, so its answer must arrive also when the second fails.
local is_done, answer = pcall(second, { ${then(second.keys).join(', ')} }, { ${then(second.args).join(', ')} })
if not is_done then return { reply } end
return { reply, answer }
`,
    parse(replies) {
      const [reply, ...others] = replies as unknown[];
      const parsed = { first: first.parse(reply) };
      return others.length === 0 ? parsed : { ...parsed, second: second.parse(others[0]) };
    },
  }) as ChainedScript<First, Second>;
}

/** The values for the second script of a chain, under the names that they have in it. */
export function thenValues(
  values: Readonly<Record<string, string | number>>,
): Record<string, string | number> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [`then_${name}`, value]));
}
