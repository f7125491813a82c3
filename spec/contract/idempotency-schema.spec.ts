import { type } from 'arktype';
import { expect } from 'chai';
import * as v from 'valibot';
import { z } from 'zod';
import { IdempotencyStore, Result } from '../../src/index.js';
import { onEachRedis } from '../support/engines.js';
import { rejectionOf } from '../support/rejection.js';

onEachRedis('a schema for replays', (engine) => {
  const never = async () => expect.fail('ran');
  const schemas = {
    zod: z.object({ id: z.string() }),
    valibot: v.object({ id: v.string() }),
    arktype: type({ id: 'string' }),
    'one that takes its time': z.object({ id: z.string() }).refine(async () => true),
  };

  for (const [name, schema] of Object.entries(schemas)) {
    it(`lets pass what fits, and refuses what does not: ${name}`, async () => {
      const store = new IdempotencyStore(await engine.connect());
      await store.run('good', async () => ({ id: 'a' }));
      await store.run('bad', async () => ({ id: 7, card: 'SECRET' }));
      expect((await store.run('good', never, { schema })).value).to.deep.equal({ id: 'a' });
      const error = await rejectionOf(store.run('bad', never, { schema }));
      expect(error).to.include({ code: 'QX_SERIALIZATION', path: '.id' });
      expect(error.message).to.include('"bad"').and.not.to.include('SECRET');
      expect(await rejectionOf(store.claim('bad', { schema }))).to.include({
        code: 'QX_SERIALIZATION',
      });
    });
  }

  it('gives its output, inside the kind of result that was stored', async () => {
    const store = new IdempotencyStore(await engine.connect());
    await store.run('key', async () => Result.success({ at: '2026-01-02' }));
    const schema = z.object({ at: z.coerce.date() });
    const { value } = await store.run<Result<{ at: Date }>>('key', never, { schema });
    expect(value.isSuccess && value.value.at).to.deep.equal(new Date('2026-01-02'));
  });

  it('has no say in what the work itself returns', async () => {
    const store = new IdempotencyStore(await engine.connect());
    const schema = z.object({ id: z.string() });
    expect((await store.run('key', async () => 7, { schema: schema as never })).value).to.equal(7);
  });

  it('must be one', async () => {
    const store = new IdempotencyStore(await engine.connect());
    const error = await rejectionOf(store.run('key', never, { schema: {} as never }));
    expect(error.message).to.match(/schema must be a Standard Schema/);
  });
});
