import { expect } from 'chai';
import { createClient } from '../../src/index.js';
import { closeClient } from '../../src/redis/close-client.js';
import { sharedServer } from '../support/shared-server.js';

describe('closeClient', () => {
  it('resolves when the connection is gone, not only said goodbye to', async () => {
    const client = await createClient((await sharedServer()).url);
    await closeClient(client, 5);
    expect(client.status).to.equal('end');
  });

  it('does not wait for a client that was closed before', async () => {
    const client = await createClient((await sharedServer()).url);
    await closeClient(client, 5);
    const startedAt = performance.now();
    await closeClient(client, 5);
    expect(performance.now() - startedAt).to.be.below(1000);
  });

  it('closes the in-memory client too', async () => {
    const client = await createClient('memory://close-client');
    const startedAt = performance.now();
    await closeClient(client, 5);
    expect(performance.now() - startedAt).to.be.below(1000);
  });
});
