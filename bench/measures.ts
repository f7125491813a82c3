import type { Measure } from './contest/measure.js';
import { cacheBasic } from './measures/cache-basic.js';
import { cacheStampede } from './measures/cache-stampede.js';
import { growthInFlight } from './measures/growth-in-flight.js';
import { growthKeys } from './measures/growth-keys.js';
import { growthProcesses } from './measures/growth-processes.js';
import { growthWaiters } from './measures/growth-waiters.js';
import { idempotencyClaim } from './measures/idempotency-claim.js';
import { idempotencyLocked } from './measures/idempotency-locked.js';
import { idempotencyRun } from './measures/idempotency-run.js';
import { idempotencyWaiter } from './measures/idempotency-waiter.js';
import { lockBurst } from './measures/lock-burst.js';
import { lockPair } from './measures/lock-pair.js';
import { lockShare } from './measures/lock-share.js';
import { lockWaiter } from './measures/lock-waiter.js';
import { mediatorPass } from './measures/mediator-pass.js';
import { payloadCache } from './measures/payload-cache.js';
import { payloadIdempotency } from './measures/payload-idempotency.js';

/** All measures, in the order in which they run and appear on the page. */
export const measures: readonly Measure[] = [
  idempotencyRun,
  idempotencyClaim,
  idempotencyWaiter,
  idempotencyLocked,
  mediatorPass,
  lockPair,
  lockBurst,
  lockShare,
  lockWaiter,
  cacheBasic,
  cacheStampede,
  payloadIdempotency,
  payloadCache,
  growthInFlight,
  growthProcesses,
  growthKeys,
  growthWaiters,
];
