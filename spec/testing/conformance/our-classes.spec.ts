import { Cache, DistributedLock, IdempotencyStore } from '../../../src/index.js';
import { conformance, expireClaim } from '../../../src/testing/index.js';
import { onEachRedis } from '../../support/engines.js';

onEachRedis('What the conformance suites ask for is kept', (engine) => {
  describe('by our idempotency store', () => {
    // A client each: as if in several processes.
    const createStore = async () => new IdempotencyStore(await engine.connect());
    // Without it the cases block the process; so that is shown to work, too.
    const expire = async (key: string) => expireClaim(await engine.connect(), key);
    const options = engine.isReal ? {} : { expire };
    for (const { name, run } of conformance.idempotency(createStore, options)) it(name, run);
  });

  describe('by our lock', () => {
    const cases = conformance.lock(
      async (name, options) => new DistributedLock(await engine.connect(), name, options),
    );
    for (const { name, run } of cases) it(name, run);
  });

  describe('by our cache', () => {
    const createCache = async () => new Cache(await engine.connect());
    for (const { name, run } of conformance.cache(createCache)) it(name, run);
  });
});
