import { expect } from 'chai';
import { createClient, DistributedLock } from '../../src/index.js';
import { waiterListens } from '../support/listening.js';
import { type RedisServer, startRedisServer } from '../support/redis-server.js';
import { expectOnlyWhatIsPromised, lostOf, report } from './surviving.js';
import { startTraffic } from './traffic.js';

describe('Over a crash and a restart of a lone server', function () {
  this.timeout('60s');
  let server: RedisServer;
  const clients: Awaited<ReturnType<typeof createClient>>[] = [];

  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.quit()));
    await server.stop();
  });

  const persistence = {
    'that writes each command to disk first': { appendonly: 'yes', appendfsync: 'always' },
    'that writes to disk once a second': { appendonly: 'yes', appendfsync: 'everysec' },
    'without persistence': {},
  };
  for (const [title, config] of Object.entries(persistence)) {
    it(`${title}, callers go on by themselves, also those who wait`, async () => {
      server = await startRedisServer({ config });
      for (let i = 0; i < 4; i += 1) clients.push(await createClient(server.url));
      const [redis, other] = clients as [(typeof clients)[0], (typeof clients)[0]];
      const held = await new DistributedLock(redis, 'held', { ttlSeconds: 60 }).acquire();
      const waiting = new DistributedLock(other, 'held').acquire({ waitSeconds: 60 });
      await waiterListens(redis, 'qx');
      const traffic = startTraffic(clients);
      await traffic.more(300);
      await server.restart();
      await traffic.more(300);
      await traffic.stop();
      expectOnlyWhatIsPromised(traffic);
      const lost = await lostOf(redis, traffic.completed);
      report(title, traffic, lost);
      if ('appendfsync' in config && config.appendfsync === 'always') {
        expect(lost).to.deep.equal([]);
      }
      // Without its data the lock is free again, and its token still grows.
      await held.release().catch(() => {});
      const lease = await waiting;
      expect(lease.token).to.be.greaterThan(held.token);
      await lease.release();
    });
  }
});
