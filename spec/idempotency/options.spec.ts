import { expect } from 'chai';
import { type Codec, IdempotencyStore, type ResultAdapter } from '../../src/index.js';
import { inMemoryRedis } from '../../src/testing/index.js';
import { rejectionOf, thrownBy } from '../support/rejection.js';

describe('The options of an IdempotencyStore', () => {
  it('must be a codec and result adapters: found out before any work runs', () => {
    const redis = inMemoryRedis();
    const bad = [
      { codec: 5 as unknown as Codec },
      { codec: { encode: String } as unknown as Codec },
      { results: 5 as unknown as ResultAdapter[] },
      { results: [{} as ResultAdapter] },
    ];
    for (const options of bad) {
      const error = thrownBy(() => new IdempotencyStore(redis, options));
      expect(error).to.include({ code: 'QX_SETTINGS' });
      expect(error.message).to.contain(Object.keys(options)[0]);
    }
  });

  it('name the method in the message, and work must be a function', async () => {
    const store = new IdempotencyStore(inMemoryRedis());
    const notWork = await rejectionOf(store.run('key', 5 as never));
    expect(notWork).to.include({ code: 'QX_SETTINGS' });
    expect(notWork.message).to.contain('IdempotencyStore.run: work');
    expect(await store.inspect('key')).to.equal(undefined);
    const badTtl = await rejectionOf(store.set('key', 1, { ttlSeconds: 0 }));
    expect(badTtl.message).to.contain('IdempotencyStore.set: ttlSeconds');
  });
});
