import { expect } from 'chai';
import { acquireAll, createClient, DistributedLock } from '../../src/index.js';
import { eventually } from '../support/eventually.js';
import { startCluster, type Topology } from '../support/redis-topologies.js';

describe('DistributedLock on a Redis Cluster', () => {
  let cluster: Topology;
  const clients: Awaited<ReturnType<typeof createClient>>[] = [];

  before(async function () {
    this.timeout(60_000);
    cluster = await startCluster();
    clients.push(await createClient(cluster.url), await createClient(cluster.url));
  });

  after(async () => {
    await Promise.all(clients.map((client) => client.quit()));
    await cluster?.stop();
  });

  it('keeps each lock in one slot, and wakes across nodes', async () => {
    const [redis, other] = clients as [(typeof clients)[0], (typeof clients)[0]];
    for (const name of ['a', 'b', 'c', '{d}', 'e}{']) {
      const held = await new DistributedLock(redis, name).acquire();
      const lock = new DistributedLock(other, name);
      const waiting = lock.acquire();
      await eventually(async () => (await lock.inspect()).waiters === 1);
      await held.release();
      const lease = await waiting;
      expect(lease.token).to.be.greaterThan(held.token);
      await lease.release();
    }
  });

  it('takes locks of several slots', async () => {
    const [redis] = clients as [(typeof clients)[0]];
    await using lease = await acquireAll(redis, ['a', 'b', 'c', 'd']);
    expect(lease.isHeld).to.equal(true);
  });
});
