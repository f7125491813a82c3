import { once } from 'node:events';
import { connect } from 'node:http2';
import multipart from '@fastify/multipart';
import { expect } from 'chai';
import express, { type Request, type RequestHandler } from 'express';
import fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import multer from 'multer';
import { expressIdempotency, fastifyIdempotency } from '../../src/http/index.js';
import { IdempotencyStore } from '../../src/index.js';
import { onRealRedis } from '../support/engines.js';
import { type Listening, listen } from './listen.js';

/** A form with a file, or with a field. */
function form(content: string, kind: 'file' | 'field' = 'file'): RequestInit {
  const body = new FormData();
  body.set('photo', kind === 'file' ? new Blob([content]) : content);
  return { method: 'POST', headers: { 'idempotency-key': '"a"' }, body };
}

function text(body: string): RequestInit {
  const headers = { 'idempotency-key': '"a"', 'content-type': 'text/plain' };
  return { method: 'POST', headers, body };
}

onRealRedis('The body of a request', (engine) => {
  let store: IdempotencyStore;
  let problems: Error[];
  let runs: number;
  const onProblem = (error: Error) => void problems.push(error);

  beforeEach(async () => {
    runs = 0;
    problems = [];
    store = new IdempotencyStore(await engine.connect());
  });

  /** The statuses of two requests with one key. */
  async function statusesOf(url: string, ...requests: RequestInit[]): Promise<number[]> {
    const statuses: number[] = [];
    for (const init of requests) statuses.push((await fetch(url, init)).status);
    return statuses;
  }

  describe('in Fastify', () => {
    let app: FastifyInstance;
    beforeEach(() => {
      app = fastify();
    });
    afterEach(() => app.close());

    async function start(
      fingerprint?: (request: FastifyRequest) => unknown,
      options: { attachFieldsToBody?: 'keyValues' } = {},
    ): Promise<string> {
      await app.register(multipart, options);
      const hooks = fastifyIdempotency(store, {
        scope: (_: FastifyRequest) => 'all',
        onProblem,
        fingerprint,
      });
      app.post('/', { ...hooks }, async () => {
        runs += 1;
        return 'ran';
      });
      return app.listen({ host: '127.0.0.1', port: 0 });
    }

    it('is refused where the parser has left it to the handler', async () => {
      const statuses = await statusesOf(await start(), form('one'), form('two'));
      expect(statuses).to.deep.equal([415, 415]);
      expect(problems[0]?.message).to.contain('give what identifies a request as fingerprint');
      expect(runs).to.equal(0);
    });

    it('is compared where the parser has read the files', async () => {
      const url = await start(undefined, { attachFieldsToBody: 'keyValues' });
      const statuses = await statusesOf(url, form('one'), form('one'), form('two'));
      expect(statuses).to.deep.equal([200, 200, 422]);
      expect(runs).to.equal(1);
    });

    it('is not looked at where there is a fingerprint', async () => {
      const url = await start(({ headers }) => headers['content-length']);
      const statuses = await statusesOf(url, form('one'), form('one'), form('other'));
      expect(statuses).to.deep.equal([200, 200, 422]);
    });

    it('is refused in HTTP/2, too, where no header tells its length', async () => {
      const overHttp2 = fastify({ http2: true });
      await overHttp2.register(multipart);
      const hooks = fastifyIdempotency(store, { scope: (_: unknown) => 'all', onProblem });
      overHttp2.post('/', { ...hooks }, async () => 'ran');
      const client = connect(await overHttp2.listen({ host: '127.0.0.1', port: 0 }));
      const request = client.request({
        ':method': 'POST',
        'idempotency-key': '"a"',
        'content-type': 'multipart/form-data; boundary=x',
      });
      request.end('--x--');
      const [{ ':status': status }] = await once(request, 'response');
      client.destroy();
      await overHttp2.close();
      expect(status).to.equal(415);
    });

    it('need not be there', async () => {
      const none = { method: 'POST', headers: { 'idempotency-key': '"a"' } };
      expect(await statusesOf(await start(), none, none)).to.deep.equal([200, 200]);
      expect(runs).to.equal(1);
    });
  });

  describe('in Express', () => {
    let server: Listening;
    afterEach(() => server.close());

    async function start(
      before: RequestHandler[],
      fingerprint?: (request: Request) => unknown,
    ): Promise<string> {
      const app = express();
      const guarded = expressIdempotency(store, {
        scope: (_: Request) => 'all',
        onProblem,
        fingerprint,
      });
      app.post('/', ...before, guarded, (_request, response) => {
        runs += 1;
        response.send('ran');
      });
      server = await listen(app);
      return server.url;
    }

    it('is refused where no parser has read it', async () => {
      const statuses = await statusesOf(await start([]), text('one'), text('two'));
      expect(statuses).to.deep.equal([415, 415]);
      expect(problems[0]?.message).to.contain('Put a parser for its type before');
      expect(runs).to.equal(0);
    });

    it('is refused where a parser has set an empty one, and not read it', async () => {
      // As express.json() of Express 4 does.
      const emptied: RequestHandler = (request, _response, next) => {
        request.body = {};
        next();
      };
      const url = await start([emptied, express.json()]);
      expect(await statusesOf(url, text('one'), text('two'))).to.deep.equal([415, 415]);
      expect(runs).to.equal(0);
    });

    it('is refused where it holds files', async () => {
      for (const upload of [multer().single('photo'), multer().any()]) {
        const statuses = await statusesOf(await start([upload]), form('one'), form('two'));
        expect(statuses).to.deep.equal([415, 415]);
        await server.close();
      }
      expect(runs).to.equal(0);
      server = await listen(express());
    });

    it('is compared where it is a form without files', async () => {
      const url = await start([multer().any()]);
      const [one, two] = [form('one', 'field'), form('two', 'field')];
      expect(await statusesOf(url, one, one, two)).to.deep.equal([200, 200, 422]);
    });

    it('is compared by the fingerprint of its files', async () => {
      const url = await start([multer().single('photo')], ({ body, file }) => [body, file?.buffer]);
      const statuses = await statusesOf(url, form('one'), form('one'), form('two'));
      expect(statuses).to.deep.equal([200, 200, 422]);
      expect(runs).to.equal(1);
    });

    it('may be a value of nothing, and need not be there', async () => {
      const url = await start([express.json({ strict: false })]);
      const nothing = { ...text('null'), headers: { ...text('').headers } };
      Object.assign(nothing.headers, { 'content-type': 'application/json' });
      expect(await statusesOf(url, nothing, nothing)).to.deep.equal([200, 200]);
      const none = { method: 'POST', headers: { 'idempotency-key': '"b"' } };
      expect(await statusesOf(url, none, none)).to.deep.equal([200, 200]);
      expect(runs).to.equal(2);
    });
  });
});
