import { type } from 'arktype';
import { expect } from 'chai';
import * as v from 'valibot';
import { z } from 'zod';
import { Cache, type StandardSchemaV1 } from '../../src/cache/index.js';
import { isCacheSerializationError } from '../../src/errors/index.js';
import { rejectionOf } from '../cache/rejection.js';
import { onEachRedis } from '../support/engines.js';

interface Order {
  id: string;
  lines: number[];
}

onEachRedis('Cache with a schema', (engine) => {
  let cache: Cache;
  const options = { ttlSeconds: 60 };

  beforeEach(async () => {
    cache = new Cache(await engine.connect());
  });

  const schemas: Record<string, StandardSchemaV1<unknown, Order>> = {
    zod: z.object({ id: z.string(), lines: z.array(z.number()) }),
    valibot: v.object({ id: v.string(), lines: v.array(v.number()) }),
    arktype: type({ id: 'string', lines: 'number[]' }) as StandardSchemaV1<unknown, Order>,
  };

  for (const [library, schema] of Object.entries(schemas)) {
    it(`of ${library} gives what passes, and names the place in what does not`, async () => {
      const order: Order = { id: '1', lines: [1, 2] };
      await cache.set('a', order);
      expect(await cache.get('a', { schema })).to.deep.equal(order);
      expect(await cache.get('none', { schema })).to.equal(undefined);

      await cache.set('a', { id: '1', lines: [1, 'secret'] });
      const failures = [
        cache.get('a', { schema }),
        cache.getOrSet('a', async () => order, { ...options, schema }),
      ];
      for (const failure of failures) {
        const error = (await rejectionOf(failure)) as Error;
        expect(isCacheSerializationError(error)).to.equal(true);
        expect(error).to.have.property('path', '.lines[1]');
        expect(error.message).to.include('.lines[1]').and.not.include('secret');
      }
    });
  }

  it('gives its output, to the loader as to those who find the value', async () => {
    const schema = z.string().transform(async (text) => `${text}!`);
    expect(await cache.getOrSet('a', async () => 'x', { ...options, schema })).to.equal('x!');
    expect(await cache.getOrSet('a', async () => 'y', { ...options, schema })).to.equal('x!');
    expect(await cache.get('a', { schema })).to.equal('x!');
    expect(await cache.get('a')).to.equal('x');
  });

  it('keeps a loaded value that does not pass from being stored', async () => {
    const schema = z.number().positive();
    const error = await rejectionOf(cache.getOrSet('a', async () => -1, { ...options, schema }));
    expect(isCacheSerializationError(error)).to.equal(true);
    expect(await cache.exists('a')).to.equal(false);
    expect(await cache.getOrSet('a', async () => 1, { ...options, schema })).to.equal(1);
  });
});
