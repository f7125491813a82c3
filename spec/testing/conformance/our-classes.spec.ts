import { Cache, DistributedLock, IdempotencyStore } from '../../../src/index.js';
import { conformance, expireClaim } from '../../../src/testing/index.js';
import { onEachRedis } from '../../support/engines.js';

onEachRedis('The conformance suites', (engine) => {
  describe('of an idempotency store: ours', () => {
    // A client each: as if in several processes.
    const createStore = async () => new IdempotencyStore(await engine.connect());
    const expire = async (key: string) => expireClaim(await engine.connect(), key);
    for (const { name, run } of conformance.idempotency(createStore, { expire })) it(name, run);
  });

  describe('of an idempotency store without a way to let claims be over: ours', () => {
    const createStore = async () => new IdempotencyStore(await engine.connect());
    const needed = /dead owner|late owner|lease ended/;
    for (const { name, run } of conformance.idempotency(createStore)) {
      if (needed.test(name)) it(name, run);
    }
  });

  describe('of a lock: ours', () => {
    for (const { name, run } of conformance.lock(
      async (name, options) => new DistributedLock(await engine.connect(), name, options),
    )) {
      it(name, run);
    }
  });

  describe('of a cache: ours', () => {
    const createCache = async () => new Cache(await engine.connect());
    for (const { name, run } of conformance.cache(createCache)) it(name, run);
  });
});
