import fc from 'fast-check';
import { type Engine, onEachRedis, onRealRedis } from '../support/engines.js';
import { brokenRedis, type Fault } from './broken-redis.js';
import { lockFaults } from './lock-faults.js';
import { lockRules, lockUnderTest } from './lock-under-test.js';
import { expectToFail, queueProperty } from './queue-property.js';

async function lockProperty(engine: Engine, fault?: Fault) {
  const [redis, listener] = [await engine.connect(), await engine.connect()];
  const sender = fault ? brokenRedis(redis, fault) : redis;
  const namespace = engine.namespace();
  let count = 0;
  return queueProperty({
    redis,
    listener,
    namespace,
    rules: lockRules,
    ...(engine.isReal && { maxLength: 60 }),
    newQueue: () => lockUnderTest(sender, namespace, `a${++count}`),
  });
}

onEachRedis('The scripts of a lock, in any order', (engine) => {
  it('do what a plain model of a fair lock does', async () => {
    await fc.assert(await lockProperty(engine), { numRuns: engine.isReal ? 100 : 10 });
  });
});

onRealRedis('The model of a fair lock', (engine) => {
  for (const [title, fault] of Object.entries(lockFaults)) {
    it(`shows when ${title}`, async () => expectToFail(await lockProperty(engine, fault)));
  }
});
