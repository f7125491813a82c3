import { claimScript } from '../../../dist/idempotency/scripts/claim.js';
import { completeScript } from '../../../dist/idempotency/scripts/complete.js';
import { bareScript } from '../bare-script.js';
import { type ClaimContestant, type Claims, runOnceBy } from './claims.js';
import { type IdempotencyContestant, LEASE_SECONDS, TTL_SECONDS } from './contestant.js';

const about = {
  name: 'bare scripts',
  packageName: 'ioredis',
  settings:
    'The two scripts of qx-cache by bare `EVALSHA` on ioredis: the same work in Redis, with no library around it.',
};

/** Claims and completions by bare scripts on their own. */
export const bareClaims: ClaimContestant = {
  ...about,
  async open(redis): Promise<Claims> {
    const claim = await bareScript(redis, claimScript);
    const complete = await bareScript(redis, completeScript);
    const lease = LEASE_SECONDS * 1000;
    const ttl = TTL_SECONDS * 1000;
    let count = 0;
    return {
      async claim(key) {
        count += 1;
        const record = `bare:idempotency:{${key}}`;
        const owner = `bare:${count}`;
        const none = { fingerprint: '', version: '' };
        const reply = await claim({
          ...none,
          record,
          owner,
          lease,
          ttl,
          mismatch: 'refuse',
          takeover: 'after-lease',
          removed: 'bare:idempotency:removed',
        });
        const [is, first, second] = reply as string[];
        if (is === 'completed') return { is, value: JSON.parse(second ?? '') };
        if (is !== 'claimed') throw new Error(`The bare scripts met somebody at ${key}.`);
        return {
          is,
          complete: (value) =>
            complete({
              ...none,
              record,
              owner,
              token: second ?? '',
              attempt: first ?? '',
              state: 'completed',
              kind: '',
              result: JSON.stringify(value),
              ttl,
              channel: `${record}:changed`,
            }),
        };
      },
    };
  },
};

/** What the library adds to its own scripts shows against this. */
export const bareScripts: IdempotencyContestant = {
  ...about,
  open: async (redis) => runOnceBy(await bareClaims.open(redis)),
};
