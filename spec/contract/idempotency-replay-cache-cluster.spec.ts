import { expect } from 'chai';
import { Cluster } from 'ioredis';
import { createClient, IdempotencyStore } from '../../src/index.js';
import { redisKey } from '../../src/redis/key-space.js';
import { eventually } from '../support/eventually.js';
import { startCluster, type Topology } from '../support/redis-topologies.js';

describe('the memory of a store on a Redis Cluster', () => {
  let cluster: Topology;
  let redis: Awaited<ReturnType<typeof createClient>>;
  let other: IdempotencyStore;
  let clients: Awaited<ReturnType<typeof createClient>>[];
  const keys = Array.from({ length: 20 }, (_, i) => `key-{${i}}`);

  before(async () => {
    cluster = await startCluster();
    clients = [await createClient(cluster.url), await createClient(cluster.url)];
    const [first, second] = clients;
    redis = first!;
    other = new IdempotencyStore(second!);
  });
  after(async () => {
    await Promise.all(clients.map((client) => client.quit()));
    await cluster.stop();
  });

  /** A store that remembers all the keys; what Redis held of them is lost. */
  async function remembering(): Promise<IdempotencyStore> {
    const store = new IdempotencyStore(redis, {
      replayCache: { maxEntries: 100, maxAgeSeconds: 3600 },
    });
    await eventually(async () => {
      for (const key of keys) {
        await other.set(key, key);
        expect(await store.get(key)).to.equal(key);
        await redis.del(recordOf(key));
      }
      return (await Promise.all(keys.map((key) => store.get(key)))).every((value) => value);
    });
    return store;
  }
  const recordOf = (key: string) => redisKey('qx', 'idempotency', key);
  const isForgotten = (store: IdempotencyStore) => async () =>
    (await Promise.all(keys.map((key) => store.get(key)))).every((value) => value === undefined);

  it('is told by push of keys on every node', async () => {
    const store = await remembering();
    for (const key of keys) await other.delete(key);
    await eventually(isForgotten(store));
  });

  it('is over at once when its subscription was moved to another node', async () => {
    const store = await remembering();
    const nodes = redis instanceof Cluster ? redis.nodes('master') : [];
    expect(nodes.length).to.equal(3);
    for (const node of nodes) await node.client('KILL', 'TYPE', 'pubsub');
    await eventually(isForgotten(store));
  });
});
