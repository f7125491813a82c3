import { expect } from 'chai';
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { streamSSE } from 'hono/streaming';
import { validator } from 'hono/validator';
import { honoIdempotency } from '../../src/http/index.js';
import { IdempotencyStore } from '../../src/index.js';
import { onRealRedis } from '../support/engines.js';
import { post } from './frameworks.js';

onRealRedis('The middleware for Hono', (engine) => {
  let store: IdempotencyStore;
  beforeEach(async () => {
    store = new IdempotencyStore(await engine.connect());
  });

  const guarded = () => honoIdempotency(store, { scope: (_: Context) => 'all' });

  it('works behind what has read the body, and before it', async () => {
    const app = new Hono();
    const read = () => validator('json', (value: { sku: string }) => value);
    app.post('/', read(), guarded(), read(), (c) => c.json(c.req.valid('json')));
    for (const _ of ['first', 'again']) {
      expect(await (await app.request('/', post('a'))).json()).to.deep.equal({ sku: 'tea' });
    }
    expect((await app.request('/', post('a', { sku: 'salt' }))).status).to.equal(422);
  });

  it('reads no more of a body than bodyLimit lets through', async () => {
    const app = new Hono();
    app.post('/', bodyLimit({ maxSize: 10 }), guarded(), (c) => c.text('ran'));
    const response = await app.request('/', post('a', { sku: 'x'.repeat(100) }));
    expect(response.status).to.equal(413);
    expect(await store.inspect('all:http:a')).to.equal(undefined);
  });

  it('does not wait for the end of events', async () => {
    const app = new Hono();
    app.post('/', guarded(), (c) =>
      streamSSE(c, async (stream) => {
        await stream.writeSSE({ data: 'one' });
        await new Promise<void>((resolve) => stream.onAbort(resolve));
      }),
    );
    const response = await app.request('/', post('a'));
    const reader = response.body?.getReader();
    expect(Buffer.from((await reader?.read())?.value ?? []).toString()).to.contain('data: one');
    await reader?.cancel();
    expect((await store.inspect('all:http:a'))?.state).to.equal('completed-without-result');
  });
});
