import { expect } from 'chai';
import { Redis } from 'ioredis';
import { DistributedLock } from '../../src/index.js';
import { eventually } from '../support/eventually.js';
import { type RedisServer, startRedisServer } from '../support/redis-server.js';
import { rejectionOf } from '../support/rejection.js';

describe('DistributedLock when Redis refuses the confirmation of a hand-over', () => {
  let server: RedisServer;
  const clients: Redis[] = [];

  beforeEach(async () => {
    server = await startRedisServer();
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) client.disconnect();
    await server.stop();
  });

  const connect = () => {
    const client = new Redis(server.port);
    clients.push(client);
    return client;
  };

  /** How often Redis has refused a write. */
  async function refusals(admin: Redis): Promise<number> {
    const [, count] = /NOREPLICAS:count=(\d+)/.exec(await admin.info('errorstats')) ?? [];
    return Number(count ?? 0);
  }

  it('never has two owners, though another caller of the same process waits, too', async () => {
    const [admin, waiting, holding] = [connect(), connect(), connect()];
    const lock = new DistributedLock(waiting, 'a', { waitSeconds: 20 });
    const held = await new DistributedLock(holding, 'a').acquire();
    // A heartbeat of the waiting process has to come between the hand-over and the end of its claim.
    await new DistributedLock(holding, 'b').acquire();
    const pulse = rejectionOf(new DistributedLock(waiting, 'b', { waitSeconds: 20 }).acquire());
    const sign = async () => (await admin.zrange('qx:lock:{b}:alive', 0, -1, 'WITHSCORES'))[1];
    await eventually(sign);
    const firstSign = await sign();
    await eventually(async () => (await sign()) !== firstSign);
    const askAt = performance.now() + 500;
    await eventually(() => performance.now() > askAt);

    const first = lock.acquire();
    await eventually(async () => (await lock.inspect()).waiters === 1);
    const second = new DistributedLock(holding, 'a', { waitSeconds: 20 }).acquire();
    await eventually(async () => (await lock.inspect()).waiters === 2);
    const third = lock.acquire();
    await eventually(async () => (await lock.inspect()).waiters === 3);

    // From right after the hand-over on, for a while, Redis takes no writes.
    const released = held.release();
    const refusing = holding.config('SET', 'min-replicas-to-write', '1');
    const lease = await first;
    await Promise.all([released, refusing]);
    let isSecond = false;
    const other = second.then((next) => {
      isSecond = true;
      return next;
    });
    let overlaps = 0;
    const watch = setInterval(() => {
      if (isSecond && lease.isHeld) overlaps += 1;
    }, 5);
    await eventually(async () => (await refusals(admin)) >= 2);
    await admin.config('SET', 'min-replicas-to-write', '0');

    // Either it is confirmed in the end, or the other one gets the lock after its time.
    const left = performance.now() + 1500;
    await eventually(() => isSecond || performance.now() > left);
    clearInterval(watch);
    expect(overlaps).to.equal(0);
    if (lease.isHeld) await lease.release();
    await (await other).release();
    await (await third).release();
    waiting.disconnect();
    await pulse;
  });
});
