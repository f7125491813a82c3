import fc from 'fast-check';
import {
  type PermitPool,
  readWritePool,
  semaphorePool,
} from '../../src/lock/permits/permit-pool.js';
import { type Engine, onEachRedis, onRealRedis } from '../support/engines.js';
import { brokenRedis, type Fault } from './broken-redis.js';
import { permitFaults } from './permit-faults.js';
import { permitsUnderTest, poolRules } from './permits-under-test.js';
import { expectToFail, queueProperty } from './queue-property.js';

async function poolProperty(engine: Engine, pool: PermitPool, fault?: Fault) {
  const [redis, listener] = [await engine.connect(), await engine.connect()];
  const sender = fault ? brokenRedis(redis, fault) : redis;
  const namespace = engine.namespace();
  let count = 0;
  return queueProperty({
    redis,
    listener,
    namespace,
    rules: poolRules(pool),
    ...(engine.isReal && { maxLength: 60 }),
    newQueue: () => permitsUnderTest(sender, namespace, { ...pool, name: `a${++count}` }),
  });
}

onEachRedis('The scripts of a pool, in any order', (engine) => {
  const numRuns = engine.isReal ? 60 : 5;

  it('do what a plain model of a fair semaphore does', async () => {
    await fc.assert(await poolProperty(engine, semaphorePool('a', 2)), { numRuns });
  });

  it('do what a plain model of a fair read-write lock does', async () => {
    await fc.assert(await poolProperty(engine, readWritePool('a')), { numRuns });
  });
});

onRealRedis('The model of a fair pool', (engine) => {
  // Both ways to share at once: at most so many readers, or one writer.
  const pool = { ...readWritePool('a'), permits: 2 };

  for (const [title, fault] of Object.entries(permitFaults)) {
    it(`shows when ${title}`, async () => expectToFail(await poolProperty(engine, pool, fault)));
  }
});
