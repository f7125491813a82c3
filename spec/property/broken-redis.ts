import { createHash } from 'node:crypto';
import type { RedisClient } from '../../src/redis/redis-client.js';
import type { Client } from './queue-under-test.js';

/** Something wrong in a script: what is written there, and what is written there instead. */
export interface Fault {
  /** Which script it is in: the start of its name, after `qx-cache`. */
  readonly script: string;
  readonly replace: string;
  readonly by: string;
}

/** A client whose scripts have a fault. All else is as it was. */
export function brokenRedis(redis: Client, { script, replace, by }: Fault): Client {
  const texts = new Map<string, string>();
  const broken: Client & RedisClient = Object.create(redis);
  const evaluation: Pick<RedisClient, 'eval' | 'evalsha'> = {
    eval(lua, ...rest) {
      const isMeant = lua.startsWith(`-- qx-cache ${script}`) && lua.includes(replace);
      const text = isMeant ? lua.replaceAll(replace, by) : lua;
      texts.set(createHash('sha1').update(lua).digest('hex'), text);
      return redis.eval(text, ...rest);
    },
    // All that the caller knows is the hash of the text without the fault.
    evalsha: (sha1, ...rest) => redis.eval(texts.get(sha1) ?? '', ...rest),
  };
  return Object.assign(broken, evaluation);
}
