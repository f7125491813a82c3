import { expect } from 'chai';
import {
  createClient,
  DistributedLock,
  IdempotencyStore,
  isQxCacheSettingsError,
} from '../../src/index.js';
import { onEachRedis } from '../support/engines.js';
import { rejectionOf } from '../support/rejection.js';

onEachRedis('an argument of the wrong kind', (engine) => {
  const notWork = 5 as unknown as () => Promise<number>;

  it('is refused before a lock is acquired', async () => {
    const lock = new DistributedLock(await engine.connect(), 'a');
    expect(isQxCacheSettingsError(await rejectionOf(lock.run(notWork)))).to.equal(true);
    expect((await lock.inspect()).token).to.equal(undefined);
  });

  it('is refused before a key is claimed', async () => {
    const store = new IdempotencyStore(await engine.connect());
    expect(isQxCacheSettingsError(await rejectionOf(store.run('a', notWork)))).to.equal(true);
    expect(await store.inspect('a')).to.equal(undefined);
  });

  it('is refused before a connection is opened', async () => {
    for (const settings of [5, null, true]) {
      const error = await rejectionOf(createClient(settings as unknown as string));
      expect(isQxCacheSettingsError(error), String(settings)).to.equal(true);
    }
  });
});
