import { type ClaimContestant, type Claims, runOnceBy } from './claims.js';
import { type IdempotencyContestant, LEASE_SECONDS, TTL_SECONDS } from './contestant.js';

const COMPLETE = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1
`;
const RESULT = 'r:';

const about = {
  name: 'floor',
  packageName: 'ioredis',
  settings:
    'The least that is still safe, on ioredis and nothing else: `SET NX GET PX` claims or replays, and an `EVALSHA` stores the result if the owner is still the same. It can’t renew, wait or compare payloads.',
};

/** Claims and completions of the floor on their own. */
export const floorClaims: ClaimContestant = {
  ...about,
  async open(redis): Promise<Claims> {
    const complete = String(await redis.script('LOAD', COMPLETE));
    let count = 0;
    return {
      async claim(key) {
        count += 1;
        const name = `floor:${key}`;
        const owner = `c:${count}`;
        const found = await redis.set(name, owner, 'PX', LEASE_SECONDS * 1000, 'NX', 'GET');
        if (found?.startsWith(RESULT))
          return { is: 'completed', value: JSON.parse(found.slice(2)) };
        if (found !== null) throw new Error(`The floor met somebody at ${key}.`);
        return {
          is: 'claimed',
          complete: (value) => {
            const text = RESULT + JSON.stringify(value);
            return redis.evalsha(complete, 1, name, owner, text, TTL_SECONDS * 1000);
          },
        };
      },
    };
  },
};

/** The least that a run can do. */
export const floor: IdempotencyContestant = {
  ...about,
  open: async (redis) => runOnceBy(await floorClaims.open(redis)),
};
