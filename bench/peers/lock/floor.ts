import { randomUUID } from 'node:crypto';
import { type LockContestant, TTL_SECONDS } from './contestant.js';

const ACQUIRE = "return redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2])";
const RELEASE = `
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
`;

/** The least that a lock with an owner can do. It waits for nobody. */
export const floor: LockContestant = {
  name: 'floor',
  packageName: 'ioredis',
  settings:
    'Two `EVALSHA` on ioredis and nothing else: `SET NX PX`, and a `DEL` if the owner is still the same. It can’t wait, so it takes part only where nobody has to.',

  async open(redis) {
    const acquire = String(await redis.script('LOAD', ACQUIRE));
    const release = String(await redis.script('LOAD', RELEASE));
    const owner = randomUUID();
    return (name) => async () => {
      const reply = await redis.evalsha(acquire, 1, name, owner, TTL_SECONDS * 1000);
      if (reply !== 'OK') throw new Error(`The floor met somebody at ${name}.`);
      return () => redis.evalsha(release, 1, name, owner);
    };
  },
};
