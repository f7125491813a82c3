import { expect } from 'chai';
import { DistributedLock } from '../../src/index.js';
import { onEachRedis } from '../support/engines.js';

const daySeconds = 86_400;

onEachRedis('A lock with a lease of many days', (engine) => {
  it('leaves its key behind for a day at most once it is released', async () => {
    const redis = await engine.connect();
    const lock = new DistributedLock(redis, 'a', { ttlSeconds: 10 * daySeconds });
    const lease = await lock.acquire();
    const key = `${engine.namespace()}:lock:{a}`;
    expect(await redis.pttl(key)).to.be.above(9 * daySeconds * 1000);
    await lease.release();
    expect(await redis.pttl(key)).to.be.within(1, daySeconds * 1000);
    expect((await lock.tryAcquire())?.token).to.be.above(lease.token);
  });
});
