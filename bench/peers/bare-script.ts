import type { Redis } from 'ioredis';
import type { Script, ScriptInput } from '../../dist/redis/script.js';

type Names = readonly string[];

/**
 * Loads a script of the library, and gives what calls it by a bare `EVALSHA`: what the library adds to
 * its own scripts shows against this.
 */
export async function bareScript<K extends Names, A extends Names>(
  redis: Redis,
  script: Script<K, A>,
): Promise<(input: ScriptInput<Script<K, A>>) => Promise<unknown>> {
  const sha1 = String(await redis.script('LOAD', script.lua));
  const names: readonly string[] = [...script.keys, ...script.args];
  return (input) => {
    const values: Record<string, string | number> = input;
    return redis.evalsha(sha1, script.keys.length, ...names.map((name) => values[name] ?? ''));
  };
}
