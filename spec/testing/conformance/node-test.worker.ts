/** Has the runner of Node run a suite: on our cache, and on a broken one. */
import { describe, it } from 'node:test';
import { Cache } from '../../../src/index.js';
import { conformance, inMemoryRedis } from '../../../src/testing/index.js';
import { JsonCache } from '../broken/caches/json-cache.js';

const redis = inMemoryRedis();

for (const create of [() => new Cache(redis), () => new JsonCache(redis)]) {
  describe(create().constructor.name, () => {
    for (const { name, run } of conformance.cache(create)) it(name, run);
  });
}
