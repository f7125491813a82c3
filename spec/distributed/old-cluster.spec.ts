import { expect } from 'chai';
import { Redis } from 'ioredis';
import { createClient, DistributedLock, IdempotencyStore } from '../../src/index.js';
import { slotOf } from '../../src/redis/key-slot.js';
import { redisKey } from '../../src/redis/key-space.js';
import { openRun } from '../support/claims.js';
import { eventually } from '../support/eventually.js';
import { type RedisServer, startRedisServer } from '../support/redis-server.js';

/** One node that owns all slots, and has not all commands, as an older one. */
describe('On a cluster without shard channels', () => {
  let server: RedisServer;
  let admin: Redis;
  let clients: Awaited<ReturnType<typeof createClient>>[];

  const without = ['spublish', 'ssubscribe', 'sunsubscribe'];

  before(async () => {
    server = await startRedisServer({
      config: { 'cluster-enabled': 'yes', 'cluster-announce-ip': '127.0.0.1' },
      args: without.flatMap((command) => ['--rename-command', command, '']),
    });
    admin = new Redis(server.port);
    await admin.call('CLUSTER', 'ADDSLOTSRANGE', '0', '16383');
    await eventually(async () => (await admin.cluster('INFO')).includes('cluster_state:ok'));
    // The first is not reachable: one that is will do.
    const url = `redis+cluster://127.0.0.1:1,127.0.0.1:${server.port}`;
    clients = [await createClient(url), await createClient(url)];
  });
  after(async () => {
    await Promise.all(clients.map((client) => client.quit()));
    admin.disconnect();
    await server.stop();
  });

  it('agrees with the client about the slots of keys', async () => {
    const tricky = [
      '',
      'a',
      '{a}',
      '{}',
      '{}{a}',
      '{{a}',
      'x{}y',
      'a{b}{c}',
      '}{',
      'é{ü}',
      '{a',
      'a}',
    ];
    const keys = [...tricky, ...tricky.map((key) => redisKey('qx', 'lock', key, 'wake:1'))];
    for (const key of keys) expect(slotOf(key), key).to.equal(await admin.cluster('KEYSLOT', key));
  });

  it('wakes through plain ones', async () => {
    const [redis, other] = clients as [(typeof clients)[0], (typeof clients)[0]];
    const heard: string[] = [];
    const spy = new Redis(server.port);
    spy.on('pmessage', (_pattern, channel: string) => heard.push(channel));
    await spy.psubscribe('qx:*');
    const held = await new DistributedLock(redis, 'a').acquire();
    const run = openRun<string>(new IdempotencyStore(redis), 'key');
    await run.started;
    const waiting = new DistributedLock(other, 'a').acquire();
    const waits = new IdempotencyStore(other).run('key', async () => 'other');
    await eventually(async () => (await admin.pubsub('CHANNELS', 'qx:*')).length === 2);
    await held.release();
    await (await waiting).release();
    run.finish('done');
    expect((await waits).value).to.equal('done');
    await eventually(() => heard.length === 2);
    expect(heard[0]).to.match(/^qx:lock:\{a\}:wake:/);
    expect(heard[1]).to.equal('qx:idempotency:{key}:changed');
    spy.disconnect();
  });
});
