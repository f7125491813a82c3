import type { Measure } from './contest/measure.js';
import { lockBurst } from './measures/lock-burst.js';
import { lockPair } from './measures/lock-pair.js';
import { lockShare } from './measures/lock-share.js';
import { lockWaiter } from './measures/lock-waiter.js';

/** All measures, in the order in which they run and appear on the page. */
export const measures: readonly Measure[] = [lockPair, lockBurst, lockShare, lockWaiter];
