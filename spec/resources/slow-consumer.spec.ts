import { expect } from 'chai';
import type { Redis } from 'ioredis';
import { createClient, DistributedLock, IdempotencyStore } from '../../src/index.js';
import { claimOf } from '../support/claims.js';
import { eventually } from '../support/eventually.js';
import { type RedisServer, startRedisServer } from '../support/redis-server.js';
import { startWorker } from '../support/worker.js';

describe('a process that reads its messages too slowly', () => {
  let server: RedisServer;
  let redis: Redis;

  before(async () => {
    const config = { 'client-output-buffer-limit': 'pubsub 1mb 0 0' };
    server = await startRedisServer({ config });
    redis = (await createClient(server.url)) as Redis;
  });
  after(async () => {
    redis.disconnect();
    await server.stop();
  });

  const channels = () => redis.pubsub('CHANNELS', 'qx:*') as Promise<string[]>;

  it('is cut off by Redis, and gets what it waits for when it reads again', async () => {
    const claim = await claimOf(new IdempotencyStore(redis), 'a');
    const lease = await new DistributedLock(redis, 'a').acquire();
    const worker = startWorker<never, unknown>(new URL('waiter.worker.ts', import.meta.url), [
      server.url,
    ]);
    await eventually(async () => (await channels()).length === 2, { withinSeconds: 20 });
    const heard = await channels();

    worker.stop();
    // The kernel takes some megabytes before Redis has to keep any.
    const flood = 'x'.repeat(1_000_000);
    await eventually(async () => {
      await Promise.all(heard.map((channel) => redis.publish(channel, flood)));
      return (await channels()).length === 0;
    });
    // Nobody hears of these.
    await claim.complete('result');
    await lease.release();
    worker.continue();

    const told = [await worker.next(), await worker.next()];
    expect(told).to.have.deep.members([{ isHeld: true }, { value: 'result', replayed: true }]);
    expect(await worker.exited).to.equal(0);
    // It got the lock and gave it back.
    const next = await new DistributedLock(redis, 'a').acquire();
    expect(next.token).to.be.greaterThan(lease.token);
    await next.release();
  });
});
