import { expect } from 'chai';
import { Cluster, Redis } from 'ioredis';
import { createClient, IdempotencyStore } from '../../src/index.js';
import { gate } from '../support/gate.js';
import { startSentinel } from '../support/redis-sentinels.js';
import { type RedisServer, startRedisServer } from '../support/redis-server.js';
import { startCluster, type Topology } from '../support/redis-topologies.js';
import { rejectionOf } from '../support/rejection.js';

/** Two clients, one key: a run, a caller that waits for it by push, and a replay. */
async function expectToWork(clients: readonly [Redis | Cluster, Redis | Cluster]): Promise<void> {
  const [store, otherStore] = clients.map((redis) => new IdempotencyStore(redis));
  const started = gate();
  const finish = gate();
  const first = store!.run('key', async () => {
    started.open();
    await finish.opened;
    return 'result';
  });
  await started.opened;
  const second = otherStore!.run('key', async () => 'other result');
  // Whether it waits already or comes later, it must get the first one's result.
  finish.open();
  expect(await first).to.deep.equal({ value: 'result', replayed: false });
  expect(await second).to.deep.equal({ value: 'result', replayed: true });
}

async function withTwoClients(
  url: string,
  use: (clients: readonly [Redis | Cluster, Redis | Cluster]) => Promise<void>,
): Promise<void> {
  const clients = [await createClient(url), await createClient(url)] as const;
  try {
    await use(clients);
  } finally {
    await Promise.all(clients.map((client) => client.quit()));
  }
}

describe('createClient with redis+cluster://', function () {
  this.timeout('60s');
  let cluster: Topology;

  before(async () => {
    cluster = await startCluster();
  });
  after(() => cluster.stop());

  it('gives a Cluster on which everything works, whatever slot a key is in', () =>
    withTwoClients(cluster.url, async (clients) => {
      expect(clients[0]).to.be.instanceOf(Cluster);
      await expectToWork(clients);
      const store = new IdempotencyStore(clients[0]);
      const keys = Array.from({ length: 50 }, (_, i) => `{a}${i}}{b`);
      await Promise.all(keys.map((key) => store.run(key, async () => key)));
      const replays = await Promise.all(keys.map((key) => store.get(key)));
      expect(replays).to.deep.equal(keys);
    }));
});

describe('createClient with redis+sentinel://', () => {
  let primary: RedisServer;
  let sentinel: Topology;

  before(async () => {
    primary = await startRedisServer();
    sentinel = await startSentinel(primary);
  });
  after(() => Promise.all([sentinel.stop(), primary.stop()]));

  it('gives a Redis on the primary that the sentinel names', () =>
    withTwoClients(sentinel.url, async (clients) => {
      expect(clients[0]).to.be.instanceOf(Redis);
      await expectToWork(clients);
    }));

  it('rejects with not-found when the sentinel knows no such master', async () => {
    const url = sentinel.url.replace('/main/', '/other/');
    const error = await rejectionOf(createClient(url));
    expect(error).to.include({ reason: 'not-found' });
  });

  it('gives sentinels their own password', async () => {
    const [, port] = /:(\d+)\//.exec(sentinel.url) ?? [];
    const admin = new Redis(Number(port));
    await admin.call('ACL', 'SETUSER', 'default', 'resetpass', '>for-sentinels');
    const error = await rejectionOf(createClient(sentinel.url));
    expect(error).to.include({ reason: 'auth' });
    const url = `${sentinel.url}?sentinelPassword=for-sentinels`;
    await (await createClient(url)).quit();
    const wrong = await rejectionOf(createClient(`${url}-not`));
    expect(wrong).to.include({ reason: 'auth' });
    expect(wrong.message).not.to.contain('for-sentinels');
    await admin.call('ACL', 'SETUSER', 'default', 'nopass');
    admin.disconnect();
  });

  it('uses the database of the URL', async () => {
    const redis = await createClient(sentinel.url.replace('/main/0', '/main/3'));
    expect(await redis.call('CLIENT', 'INFO')).to.match(/ db=3 /);
    await redis.quit();
  });
});
