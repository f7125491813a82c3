import type { Script } from '../../src/redis/script.js';

/** Picks the calls of a script, whether its text or its hash is sent. */
export function callsOf({ sha1, lua }: Pick<Script, 'sha1' | 'lua'>) {
  return (command: readonly string[]): boolean => command.includes(sha1) || command.includes(lua);
}
