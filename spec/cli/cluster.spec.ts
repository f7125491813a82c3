import { expect } from 'chai';
import { createClient, DistributedLock, IdempotencyStore } from '../../src/index.js';
import { claimOf } from '../support/claims.js';
import { type ClusterTopology, startCluster } from '../support/redis-topologies.js';
import { startInProcess } from './run-in-process.js';

describe('qx-cache on a cluster', () => {
  let cluster: ClusterTopology;

  before(async function () {
    this.timeout('60s');
    cluster = await startCluster();
  });

  after(() => cluster.stop());

  it('looks at every primary', async () => {
    const json = async (...args: string[]) => {
      const { stdout } = await startInProcess([...args, '--json', '--url', cluster.url]).ended;
      return JSON.parse(stdout);
    };
    const redis = await createClient(cluster.url);
    const store = new IdempotencyStore(redis);
    // Enough names for each primary to have some.
    const keys = Array.from({ length: 30 }, (_, i) => `order:${i}`);
    for (const key of keys) await claimOf(store, key);
    const leases = await Promise.all(keys.map((key) => new DistributedLock(redis, key).acquire()));

    expect((await json('idempotency', 'list')).records).to.have.length(30);
    expect((await json('locks', 'list')).locks).to.have.length(30);
    const snapshot = await json('watch', '--count', '1');
    expect(snapshot.claims).to.have.length(30);
    expect(snapshot.locks).to.have.length(30);
    const { findings } = await json('doctor');
    const of = (name: string) => findings.filter(({ check }: { check: string }) => check === name);
    expect(of('version')).to.have.length(3);
    for (const name of ['scripts', 'push', 'clock']) expect(of(name)[0].level, name).to.equal('ok');

    for (const lease of leases) await lease.release();
    expect((await json('idempotency', 'delete', '--older-than', '0', '-y')).deleted).to.have.length(
      30,
    );
    await redis.quit();
  });

  it('is told of when one of its nodes is asked alone', async () => {
    const url = cluster.primaries[0]?.url ?? '';
    // The connection itself is tried with a random key, which is at this node or not.
    for (const command of [['doctor'], ['idempotency', 'list']]) {
      const { ended } = startInProcess([...command, '--url', url]);
      const { stdout, stderr } = await ended;
      expect(stdout + stderr).to.match(/one node of a Redis Cluster.*\n?.*redis\+cluster:\/\//);
    }
  });
});
