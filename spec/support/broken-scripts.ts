import type { Cluster, Redis } from 'ioredis';
import type { Script } from '../../src/redis/script.js';

/** A bug: wherever `script` has this text it has another one. */
export interface Bug {
  readonly script: Pick<Script, 'name' | 'lua' | 'sha1'>;
  readonly instead: string;
  readonly has: string;
}

/** The same client, on which a script has a bug: to see whether a spec would notice. */
export function withBug<Client extends Redis | Cluster>(redis: Client, bug: Bug): Client {
  const { script, instead, has } = bug;
  if (!script.lua.includes(instead)) throw new Error(`"${script.name}" has no "${instead}"`);
  const lua = script.lua.replaceAll(instead, has);
  const evaluate =
    (given: 'eval' | 'evalsha') =>
    (first: string, ...rest: [number, ...string[]]) => {
      const isMeant = first === script.sha1 || first === script.lua;
      return isMeant ? redis.eval(lua, ...rest) : redis[given](first, ...rest);
    };
  return new Proxy(redis, {
    get(target, name) {
      if (name === 'eval' || name === 'evalsha') return evaluate(name);
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
