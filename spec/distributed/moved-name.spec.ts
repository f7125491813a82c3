import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { expect } from 'chai';
import { Redis } from 'ioredis';
import { createClient, IdempotencyStore, isCacheUnavailableError } from '../../src/index.js';
import { eventually } from '../support/eventually.js';
import { startRedisServer } from '../support/redis-server.js';

/** Managed services move the name of the primary; the old one may live on as a replica. */
describe('When the name of a primary moves, and the old one keeps its connections', () => {
  it('a client looks for the new one as soon as it may not write', async () => {
    const old = await startRedisServer();
    const heir = await startRedisServer();
    let named = old;
    const name = createServer((client) => {
      const server = connect(named.port, '127.0.0.1');
      for (const socket of [client, server]) socket.on('error', () => {});
      client.on('close', () => server.destroy());
      server.on('close', () => client.destroy());
      client.pipe(server).pipe(client);
    }).listen(0, '127.0.0.1');
    await once(name, 'listening');
    const redis = await createClient(`redis://127.0.0.1:${(name.address() as AddressInfo).port}`);
    const store = new IdempotencyStore(redis);
    await store.run('before', async () => 1);

    named = heir;
    const admin = new Redis(old.port);
    await admin.call('REPLICAOF', '127.0.0.1', heir.port);
    const errors: unknown[] = [];
    await eventually(async () => {
      const run = store.run('after', async () => 2);
      return run.catch((error: unknown) => void errors.push(error));
    });
    expect(errors).to.satisfy((all: unknown[]) => all.every(isCacheUnavailableError));
    const primary = new Redis(heir.port);
    expect(await primary.exists('qx:idempotency:{after}')).to.equal(1);

    for (const client of [admin, primary, redis]) client.disconnect();
    name.close();
    await Promise.all([old.stop(), heir.stop()]);
  });
});
