import { expect } from 'chai';
import { Redis } from 'ioredis';
import { eventually } from '../support/eventually.js';
import { type RedisServer, startRedisServer } from '../support/redis-server.js';
import { startWorker } from '../support/worker.js';
import type { SoakReport } from './soak.worker.js';

describe('a process that has sent 100,000 commands', function () {
  this.timeout('120s');
  let server: RedisServer;
  let admin: Redis;

  before(async () => {
    server = await startRedisServer();
    admin = new Redis(server.port);
  });
  after(async () => {
    admin.disconnect();
    await server.stop();
  });

  it('holds what it held before, and ends by itself although callers wait', async () => {
    const file = new URL('soak.worker.ts', import.meta.url);
    const worker = startWorker<never, unknown>(file, [server.url, '100000']);
    const { commands, before, after, lasting } = (await worker.next()) as SoakReport;
    expect(commands).to.be.at.least(100_000);
    const grown = after.heapBytes - before.heapBytes;
    const perCommand = (grown / commands).toFixed(1);
    console.log(`      ${commands} commands: ${grown} bytes of heap (${perCommand} a command)`);
    // The smallest object that a command could leave has more.
    expect(grown / commands).to.be.below(16);
    const { heapBytes: _, timers, promises, keys: keysBefore, ...held } = before;
    const { heapBytes: __, keys: keysAfter, ...rest } = after;
    const { timers: timersAfter, promises: promisesAfter, ...holds } = rest;
    // One or two come and go: the time limit of the last command, what is not collected yet.
    expect(timersAfter - timers).to.be.below(5);
    expect(promisesAfter - promises).to.be.below(20);
    expect(holds).to.deep.equal(held);
    expect(held.signalListeners).to.equal(0);
    // The client, the subscriber, and this spec's.
    expect(held.connections).to.equal(3);
    expect(keysAfter).to.deep.equal(keysBefore);
    expect(lasting).to.deep.equal([]);

    expect(await worker.next()).to.deep.equal(Array(9).fill('QX_UNAVAILABLE'));
    expect(await worker.exited).to.equal(0);
    await eventually(async () => !(await admin.keys('*{short-*')).length);
    const clients = async () => String(await admin.call('CLIENT', 'LIST')).match(/^id=/gm);
    await eventually(async () => (await clients())?.length === 1);
  });
});
