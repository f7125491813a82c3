import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { Readable } from 'node:stream';
import { json } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { expect } from 'chai';
import express, { type Request, type RequestHandler } from 'express';
import { expressIdempotency } from '../../src/http/index.js';
import { IdempotencyStore } from '../../src/index.js';
import { onRealRedis } from '../support/engines.js';
import { post } from './frameworks.js';
import { type Listening, listen } from './listen.js';

onRealRedis('The responses that Express’ handlers write by themselves', (engine) => {
  let server: Listening;

  async function start(handle: RequestHandler, ...before: RequestHandler[]): Promise<string> {
    const store = new IdempotencyStore(await engine.connect());
    const guarded = expressIdempotency(store, {
      scope: (_request: Request) => 'all',
      maxResponseBytes: 100,
      onProblem: () => {},
    });
    const app = express().disable('x-powered-by');
    // Then it does not log what handlers throw.
    app.set('env', 'test');
    app.post('/', ...before, guarded, handle);
    server = await listen(app);
    return server.url;
  }

  async function twice(url: string): Promise<Response[]> {
    return [await fetch(url, post('a')), await fetch(url, post('a'))];
  }

  afterEach(() => server.close());

  it('may come in pieces, with the status and headers of writeHead', async () => {
    const url = await start((_request, response) => {
      response.writeHead(202, { 'Content-Type': 'text/plain', ETag: '"1"' });
      response.write('Y', 'base64');
      response.write(Buffer.from('one, '), () => response.end('two'));
    }, express.json());
    for (const response of await twice(url)) {
      expect(response.status).to.equal(202);
      expect(response.headers.get('etag')).to.equal('"1"');
      expect(await response.text()).to.match(/one, two$/);
    }
  });

  it('may be piped, and finish', async () => {
    let runs = 0;
    const url = await start(async (_request, response) => {
      runs += 1;
      response.type('text/plain');
      await pipeline(Readable.from(['one, ', 'two']), response);
    }, express.json());
    for (const response of await twice(url)) expect(await response.text()).to.equal('one, two');
    expect(runs).to.equal(1);
  });

  it('go on as a stream when they get too long', async () => {
    const url = await start(async (_request, response) => {
      await pipeline(Readable.from(['x'.repeat(60), 'y'.repeat(60), 'z']), response);
    }, express.json());
    const [first, again] = await twice(url);
    expect(await first?.text()).to.equal(`${'x'.repeat(60)}${'y'.repeat(60)}z`);
    expect(await again?.json()).to.include({ code: 'QX_IDEMPOTENCY_RESULT_UNAVAILABLE' });
  });

  it('stand, whatever is thrown after their end', async () => {
    const url = await start((_request, response) => {
      response.status(201).json({ number: 1 });
      throw new Error('too late');
    }, express.json());
    for (const response of await twice(url)) {
      expect(response.status).to.equal(201);
      expect(await response.json()).to.deep.equal({ number: 1 });
    }
  });

  it('stand, whatever is written after their end', async () => {
    const url = await start((_request, response) => {
      response.json({ number: 1 });
      response.write('junk');
    }, express.json());
    const { body, method, headers } = post('a');
    const request = httpRequest(url, { method, headers, agent: false });
    request.end(body);
    // It fails where anything comes after the length that the response has told.
    const [response] = await once(request, 'response');
    const closed = once(request, 'close');
    expect(await json(response)).to.deep.equal({ number: 1 });
    await closed;
  });

  it('go out at once where they are events, and are not stored', async () => {
    const url = await start((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.flushHeaders();
      response.write('data: one\n\n');
    }, express.json());
    const first = await fetch(url, post('a'));
    const reader = first.body?.getReader();
    expect(Buffer.from((await reader?.read())?.value ?? []).toString()).to.equal('data: one\n\n');
    await reader?.cancel();
    const again = await fetch(url, post('a'));
    expect(await again.json()).to.include({ code: 'QX_IDEMPOTENCY_RESULT_UNAVAILABLE' });
  });

  it('are not stored where they are events, ended or not', async () => {
    const url = await start((_request, response) => {
      response.type('text/event-stream').end('data: one\n\n');
    }, express.json());
    const [first, again] = await twice(url);
    expect(await first?.text()).to.equal('data: one\n\n');
    expect(again?.status).to.equal(500);
  });
});
