import { acquireScript } from '../../../dist/lock/scripts/acquire.js';
import { releaseScript } from '../../../dist/lock/scripts/release.js';
import { type LockContestant, TTL_SECONDS } from './contestant.js';

/** What the library adds to its own scripts shows against this. */
export const bareScripts: LockContestant = {
  name: 'bare scripts',
  packageName: 'ioredis',
  settings:
    'The two scripts of qx-cache by two bare `EVALSHA` on ioredis: the same work in Redis, with no library around it.',

  async open(redis) {
    const acquire = String(await redis.script('LOAD', acquireScript.lua));
    const release = String(await redis.script('LOAD', releaseScript.lua));
    let count = 0;
    return (name) => {
      const key = `bare:lock:{${name}}`;
      const keys = [key, `${key}:queue`, `${key}:alive`] as const;
      const address = `lock:${name}`;
      const wake = 'bare:lock:wake:';
      const ttl = String(TTL_SECONDS * 1000);
      return async () => {
        count += 1;
        const id = `bare:${count}`;
        const token = await redis.evalsha(acquire, 3, ...keys, id, ttl, 'wait', '', wake, address);
        if (Array.isArray(token)) throw new Error(`The bare scripts met somebody at ${name}.`);
        return () => redis.evalsha(release, 4, ...keys, `${key}:receipts`, id, wake, address);
      };
    };
  },
};
