import { expect } from 'chai';
import fc from 'fast-check';
import type { Cluster, Redis } from 'ioredis';
import { withBug } from '../support/broken-scripts.js';
import { type Engine, onEachRedis, onRealRedis } from '../support/engines.js';
import { eventsOfOneKey } from './record-events.js';
import { RecordStory } from './record-story.js';
import { scriptBugs } from './script-bugs.js';

let keys = 0;

/** A key lives as the model says, whatever happens to it. */
function livesAsModelled(engine: Engine, redis: Redis | Cluster, tested = redis) {
  return fc.asyncProperty(eventsOfOneKey, async (events) => {
    keys += 1;
    await new RecordStory(engine, redis, tested, `key-${keys}`).play(events);
  });
}

onEachRedis('the scripts of the idempotency store', (engine) => {
  it('do to a key what a plain model does, whatever happens to it and is sent twice', async () => {
    const redis = await engine.connect();
    // The mock takes ten times as long.
    await fc.assert(livesAsModelled(engine, redis), { numRuns: engine.isReal ? 300 : 20 });
  }).timeout('90s');
});

onRealRedis('the model of the idempotency store would show', (engine) => {
  for (const [title, bug] of Object.entries(scriptBugs)) {
    it(title, async () => {
      const redis = await engine.connect();
      const property = livesAsModelled(engine, redis, withBug(redis, bug));
      const details = await fc.check(property, { numRuns: 1000, endOnFailure: true });
      expect(details.failed).to.equal(true);
      expect(String(details.errorInstance)).to.match(/^AssertionError/);
    }).timeout('60s');
  }
});
