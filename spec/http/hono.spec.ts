import { expect } from 'chai';
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { cors } from 'hono/cors';
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

  it('keeps the headers that were set before it, whatever it answers', async () => {
    const app = new Hono();
    app.use(cors(), async (c, next) => {
      c.header('x-request-id', '1');
      c.header('set-cookie', 'a=1');
      c.header('set-cookie', 'b=2', { append: true });
      await next();
      c.header('x-after', '2');
    });
    app.post('/', guarded(), (c) => c.text('ran'));
    for (const key of ['a', 'a', 'x'.repeat(1000)]) {
      const { headers } = await app.request('/', post(key));
      expect(headers.get('access-control-allow-origin')).to.equal('*');
      expect(headers.get('x-request-id')).to.equal('1');
      expect(headers.getSetCookie()).to.deep.equal(['a=1', 'b=2']);
      expect(headers.get('x-after')).to.equal('2');
    }
  });

  it('leaves the headers of a handler’s own response as they would be without it', async () => {
    const app = new Hono();
    app.use(async (c, next) => {
      c.header('cache-control', 'no-store');
      await next();
    });
    app.post('/', guarded(), () => new Response('', { headers: { 'cache-control': 'private' } }));
    const { headers } = await app.request('/', post('a'));
    expect(headers.get('cache-control')).to.equal('private');
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
