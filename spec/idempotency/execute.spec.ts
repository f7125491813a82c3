import { expect } from 'chai';
import { createClient, type IdempotencyEvent, IdempotencyStore } from '../../src/index.js';
import { startFaultProxy } from '../../src/testing/index.js';
import { recordEvents } from '../support/recorded-events.js';
import { sharedServer } from '../support/shared-server.js';

describe('A result that can not be stored', () => {
  const events = recordEvents<IdempotencyEvent>('qx-cache:idempotency');

  it('holds its caller up until the lease ends, however long a command may take', async () => {
    const proxy = await startFaultProxy({ target: (await sharedServer()).url });
    const redis = await createClient({ url: proxy.url, commandTimeoutSeconds: 20 });
    const store = new IdempotencyStore(redis);
    let doneAt = 0;
    const work = async () => {
      proxy.blackhole();
      doneAt = performance.now();
      return 'done';
    };
    const outcome = await store.run('execute.spec', work, { leaseSeconds: 1, ttlSeconds: 5 });
    expect(outcome).to.deep.equal({ value: 'done', replayed: false });
    expect(performance.now() - doneAt).to.be.within(900, 2000);
    expect(events.filter(({ event }) => event === 'unrecorded')).to.have.length(1);
    redis.disconnect();
    await proxy.close();
  });
});
