import { Readable } from 'node:stream';
import { expect } from 'chai';
import fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import { fastifyIdempotency, fastifyProblems } from '../../src/http/index.js';
import { IdempotencyStore } from '../../src/index.js';
import { onRealRedis } from '../support/engines.js';
import { eventually } from '../support/eventually.js';

onRealRedis('The hooks for Fastify', (engine) => {
  let store: IdempotencyStore;
  let app: FastifyInstance;

  beforeEach(async () => {
    store = new IdempotencyStore(await engine.connect());
    app = fastify();
  });
  afterEach(() => app.close());

  const hooks = () => fastifyIdempotency(store, { scope: (_: FastifyRequest) => 'all' });
  const post = (url: string) =>
    app.inject({ method: 'POST', url, headers: { 'idempotency-key': '"a"' }, payload: { a: 1 } });
  const state = async () => (await store.inspect('all:http:a'))?.state;

  it('guard all routes of a plugin, and none beside it', async () => {
    let runs = 0;
    const handler = async () => {
      runs += 1;
      return { runs };
    };
    const { preHandler, onSend, onResponse } = hooks();
    app.register(async (plugin) => {
      plugin.addHook('preHandler', preHandler);
      plugin.addHook('onSend', onSend);
      plugin.addHook('onResponse', onResponse);
      plugin.post('/inside', handler);
    });
    app.post('/beside', handler);
    for (const url of ['/inside', '/inside', '/beside', '/beside']) await post(url);
    expect(runs).to.equal(3);
    expect((await post('/inside')).json()).to.deep.equal({ runs: 1 });
  });

  it('send a stream, which is not stored, and never run its handler again', async () => {
    app.setErrorHandler(fastifyProblems({ onProblem: () => {} }));
    app.post('/', { ...hooks() }, async (_request, reply) => reply.send(Readable.from(['x', 'y'])));
    expect((await post('/')).body).to.equal('xy');
    expect(await state()).to.equal('completed-without-result');
  });

  it('end the claim of a handler that took the response into its own hands', async () => {
    app.post('/', { ...hooks() }, (_request, reply) => {
      reply.hijack();
      reply.raw.end('mine');
    });
    expect((await post('/')).body).to.equal('mine');
    await eventually(async () => (await state()) === 'completed-without-result');
  });

  it('give up the claim where a later hook refuses the request', async () => {
    const { preHandler, ...others } = hooks();
    const refuse = async (_request: unknown, reply: { code(status: number): unknown }) => {
      reply.code(403);
      throw new Error('no');
    };
    app.post('/', { preHandler: [preHandler, refuse], ...others }, async () => 'ran');
    expect((await post('/')).statusCode).to.equal(403);
    expect(await state()).to.equal(undefined);
  });
});
