import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { expect } from 'chai';
import express, { type Request, type RequestHandler } from 'express';
import { expressIdempotency } from '../../src/http/index.js';
import { IdempotencyStore } from '../../src/index.js';
import { onRealRedis } from '../support/engines.js';
import { post } from './frameworks.js';

onRealRedis('The responses that Express’ handlers write by themselves', (engine) => {
  let close: () => Promise<void>;
  let problems: Error[];

  async function start(handle: RequestHandler, ...before: RequestHandler[]): Promise<string> {
    const store = new IdempotencyStore(await engine.connect());
    const guarded = expressIdempotency(store, {
      scope: (_request: Request) => 'all',
      maxResponseBytes: 100,
      onProblem: (error) => problems.push(error),
    });
    const app = express().disable('x-powered-by');
    // Then it does not log what handlers throw.
    app.set('env', 'test');
    app.post('/', ...before, guarded, handle);
    const server = app.listen(0, '127.0.0.1');
    await once(server, 'listening');
    close = async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    };
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  async function twice(url: string): Promise<Response[]> {
    return [await fetch(url, post('a')), await fetch(url, post('a'))];
  }

  beforeEach(() => {
    problems = [];
  });
  afterEach(() => close());

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

  it('are not made at all where no parser has read the body', async () => {
    const url = await start((_request, response) => void response.send('ran'));
    expect((await fetch(url, post('a'))).status).to.equal(500);
    expect(problems[0]?.message).to.contain('Put a parser for its type before');
  });
});
