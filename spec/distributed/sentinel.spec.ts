import { expect } from 'chai';
import { Redis } from 'ioredis';
import { createClient, DistributedLock, IdempotencyStore } from '../../src/index.js';
import { openRun } from '../support/claims.js';
import { eventually } from '../support/eventually.js';
import { type SentinelTopology, startSentinels } from '../support/redis-sentinels.js';
import type { RedisServer } from '../support/redis-server.js';
import { startWorker } from '../support/worker.js';
import { expectOnlyWhatIsPromised, lostOf, report } from './surviving.js';
import { startTraffic, type Traffic } from './traffic.js';

type Client = Awaited<ReturnType<typeof createClient>>;

/** The time in which a server that hangs is noticed by its callers, in seconds. */
const commandTimeoutSeconds = 2;

describe('With 1 primary, 2 replicas and 3 sentinels', function () {
  this.timeout('60s');
  let topology: SentinelTopology;
  const clients: Client[] = [];
  let traffic: Traffic | undefined;

  const connect = async () => {
    const client = await createClient({ url: topology.url, commandTimeoutSeconds });
    clients.push(client);
    return client;
  };

  beforeEach(async () => {
    topology = await startSentinels();
  });
  afterEach(async () => {
    await traffic?.stop();
    traffic = undefined;
    await Promise.all(clients.splice(0).map((client) => client.quit()));
    await topology.stop();
  });

  /** One of the replicas answers as a primary. */
  const promoted = () =>
    eventually(
      async () => {
        for (const server of topology.replicas) {
          const node = new Redis(server.port);
          const [role] = (await node.call('ROLE')) as [string];
          node.disconnect();
          if (role === 'master') return server;
        }
        return undefined;
      },
      { withinSeconds: 20 },
    );

  const faults: [string, (primary: RedisServer) => unknown][] = [
    ['is killed', (primary) => primary.kill()],
    ['hangs', (primary) => primary.pause()],
  ];
  for (const [title, happens] of faults) {
    it(`goes on by itself when the primary ${title}, and loses nothing that replicas had confirmed`, async () => {
      const [redis, other] = [await connect(), await connect()];
      const durability = { replicas: 2, timeoutSeconds: 1 };
      const store = new IdempotencyStore(redis, { durability });
      const confirmed = Array.from({ length: 50 }, (_, i) => `confirmed-${i}`);
      const held = await new DistributedLock(redis, 'held', { ttlSeconds: 60 }).acquire();
      const waiting = new DistributedLock(other, 'held').acquire({ waitSeconds: 60 });
      const run = openRun<string>(store, 'open', { leaseSeconds: 60 });
      await run.started;
      const waits = new IdempotencyStore(other).run('open', async () => 'other', {
        waitSeconds: 60,
      });
      traffic = startTraffic([redis, other, await connect()]);
      await Promise.all(confirmed.map((key) => store.run(key, async () => key)));
      await traffic.more(300);
      await happens(topology.primary);
      await promoted();
      await traffic.more(300);
      run.finish('done');
      expect((await run.outcome).value).to.equal('done');
      expect(await waits).to.deep.equal({ value: 'done', replayed: true });
      await held.release();
      const lease = await waiting;
      expect(lease.token).to.be.greaterThan(held.token);
      await lease.release();
      await traffic.stop();
      expectOnlyWhatIsPromised(traffic);
      report(`the primary ${title}`, traffic, await lostOf(redis, traffic.completed));
      expect(await lostOf(redis, confirmed)).to.deep.equal([]);
    });
  }

  it('is left by a process that quits, with all that it had opened', async () => {
    const file = new URL('../idempotency/waits-and-quits.worker.ts', import.meta.url);
    const worker = startWorker(file, [topology.url, 'qx']);
    expect(await worker.exited).to.equal(0);
  });
});
