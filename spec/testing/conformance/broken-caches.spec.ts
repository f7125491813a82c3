import type { Redis } from 'ioredis';
import { type CacheUnderTest, conformance } from '../../../src/testing/index.js';
import { FailureSharingCache } from '../broken/caches/failure-sharing-cache.js';
import { JsonCache } from '../broken/caches/json-cache.js';
import { ManyCache } from '../broken/caches/many-cache.js';
import { NullishCache } from '../broken/caches/nullish-cache.js';
import { OldEndCache } from '../broken/caches/old-end-cache.js';
import { OptionlessCache } from '../broken/caches/optionless-cache.js';
import { StampedingCache } from '../broken/caches/stampeding-cache.js';
import { type Defect, itCatches } from './defects.js';

type Create = (redis: Redis) => CacheUnderTest;

const defects: Record<string, Defect<Create>> = {
  'lets everybody load': {
    create: (redis) => new StampedingCache(redis),
    caughtBy: [
      'of many callers that miss a value at once one loads, and all get what it loaded',
      'what is there is not loaded again, until its ttlSeconds are over; null is a value',
      'a delete during a load wins: its value goes to its callers and is not stored',
      'a set during a load wins: the value that was loaded is not stored',
    ],
  },
  'does not serve a stale value': {
    create: (redis) => new StampedingCache(redis),
    hangs: true,
    caughtBy: [
      'with staleSeconds an expired value is served while one caller loads it anew; get gives no stale one',
    ],
  },
  'gives the failure of one load to all': {
    create: (redis) => new FailureSharingCache(redis),
    caughtBy: ['a failed load reaches only its caller, is not stored, and the next one loads'],
  },
  'takes null for absent': {
    create: (redis) => new NullishCache(redis),
    caughtBy: [
      'undefined is an absent value; null, false, 0 and the empty text are values',
      'what is there is not loaded again, until its ttlSeconds are over; null is a value',
    ],
  },
  'loses what JSON cannot tell, such as undefined': {
    create: (redis) => new JsonCache(redis),
    caughtBy: [
      'values come back as they were',
      'a value that cannot come back is refused when it is written',
    ],
  },
  'does not know its options, so nothing expires': {
    create: (redis) => new OptionlessCache(redis),
    caughtBy: [
      'a value ends with its ttlSeconds',
      'set with "when" stores only what is absent, or only what is present',
      'a stored value that does not pass the schema is refused; one that does comes as its output',
    ],
  },
  'keeps the end of the value before': {
    create: (redis) => new OldEndCache(redis),
    caughtBy: ['a value that is set without one has no end, whatever was there before'],
  },
  'takes absent values for present ones': {
    create: (redis) => new ManyCache(redis),
    caughtBy: [
      'delete tells how many values were there',
      'getMany gives what is there, and setMany takes pairs or an object',
    ],
  },
};

describe('The conformance suite of caches', () => {
  itCatches(
    (redis, create: Create, timeoutSeconds) =>
      conformance.cache(() => create(redis()), { timeoutSeconds }),
    defects,
  );
});
