import { expect } from 'chai';
import { createClient } from '../../src/index.js';
import { inMemoryRedis } from '../../src/testing/index.js';

describe('inMemoryRedis', () => {
  it('gives the same data for the same name, also as memory://name', async () => {
    const [one, same, alsoSame, other] = [
      inMemoryRedis('shop'),
      inMemoryRedis('shop'),
      await createClient('memory://shop'),
      inMemoryRedis('other'),
    ];
    await one.set('a', '1');
    expect(await same.get('a')).to.equal('1');
    expect(await alsoSame.get('a')).to.equal('1');
    expect(await other.get('a')).to.equal(null);
    await one.flushall();
    await Promise.all([one, same, alsoSame, other].map((redis) => redis.quit()));
  });

  it('gives data of its own without a name', async () => {
    const [one, other] = [inMemoryRedis(), inMemoryRedis()];
    await one.set('a', '1');
    expect(await other.get('a')).to.equal(null);
    await Promise.all([one.quit(), other.quit()]);
  });
});
