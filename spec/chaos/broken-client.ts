import type { Cluster, Redis } from 'ioredis';
import { beginLoadScript } from '../../src/cache/scripts/begin-load.js';
import { finishLoadScript } from '../../src/cache/scripts/finish-load.js';
import { completeScript } from '../../src/idempotency/scripts/complete.js';
import { acquirePermitScript } from '../../src/lock/permits/scripts/acquire.js';
import { acquireScript } from '../../src/lock/scripts/acquire.js';
import { type Bug, withBug } from '../support/broken-scripts.js';

/** One bug, or more, for each workload: its check has to show it. */
const bugs: readonly Bug[] = [
  {
    // A completion does not look who owns the claim.
    script: completeScript,
    instead: "if current[1] and current[2] ~= owner then return { 'lost' } end",
    has: '',
  },
  {
    // Whoever asks for a lock that is held has it, too.
    script: acquireScript,
    instead: 'if owner == id and not isFree then',
    has: 'if not isFree then',
  },
  {
    // Nobody counts the permits.
    script: acquirePermitScript,
    instead: "if redis.call('ZCARD', queue) == 0 and fits(id) then",
    has: 'if true then',
  },
  {
    // What was loaded overwrites what was set or deleted meanwhile.
    script: finishLoadScript,
    instead: "if redis.call('GET', load) ~= loader then return { 'no' } end",
    has: '',
  },
  {
    // Everybody loads.
    script: beginLoadScript,
    instead: 'if holder and holder ~= loader then',
    has: 'if false then',
  },
];

/** The same client, on which the scripts have bugs. */
export function withBugs(redis: Redis | Cluster): Redis | Cluster {
  return bugs.reduce(withBug, redis);
}
