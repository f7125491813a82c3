import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import express, { type Request, type Response } from 'express';
import fastify, { type FastifyReply, type FastifyRequest } from 'fastify';
import { expressIdempotency, fastifyIdempotency } from '../../src/http/index.js';
import { IdempotencyStore } from '../../src/index.js';
import { onRealRedis } from '../support/engines.js';
import { eventually } from '../support/eventually.js';
import { gate } from '../support/gate.js';
import { post } from './frameworks.js';
import { type Listening, listen } from './listen.js';

/** It never ends, and gives nothing more after its first piece. */
function endless(first?: string): Readable {
  const stream = new Readable({ read() {} });
  if (first !== undefined) stream.push(first);
  return stream;
}

const thisFile = fileURLToPath(import.meta.url);

onRealRedis('A client that leaves in the middle of a response', (engine) => {
  let store: IdempotencyStore;
  let isRunning: boolean;
  let gone: ReturnType<typeof gate<void>>;
  let server: Listening;

  beforeEach(async () => {
    isRunning = false;
    gone = gate();
    store = new IdempotencyStore(await engine.connect());
  });
  afterEach(() => server.close());

  /** Sends a request, and leaves when its handler has begun. */
  async function leave(url: string): Promise<void> {
    const client = new AbortController();
    const left = fetch(url, { ...post('a'), signal: client.signal }).catch(() => {});
    await eventually(() => isRunning);
    client.abort();
    await left;
  }

  const state = async () => (await store.inspect('all:http:a'))?.state;
  const isOver = (expected: string | undefined) =>
    eventually(async () => (await state()) === expected);

  describe('of Express', () => {
    async function start(
      handle: (response: Response, request: Request) => unknown,
    ): Promise<string> {
      const app = express();
      app.set('env', 'test');
      const once = expressIdempotency(store, { scope: (_: Request) => 'all', leaseSeconds: 1 });
      app.post('/', express.json(), once, async (request, response) => {
        response.once('close', () => gone.open());
        const work = handle(response, request);
        isRunning = true;
        await work;
      });
      server = await listen(app);
      return server.url;
    }

    for (const [what, handle] of [
      ['a pipe', (response: Response) => void endless('x').pipe(response)],
      ['a pipe that has given nothing yet', (response: Response) => void endless().pipe(response)],
      ['a pipeline', (response: Response) => pipeline(endless('x'), response)],
      ['pieces', (response: Response) => void response.write('x')],
    ] as const) {
      it(`ends the claim: ${what}`, async () => {
        await leave(await start(handle));
        await isOver('completed-without-result');
      });
    }

    it('ends the claim of a file that would be sent when it has gone', async () => {
      const url = await start(async (response) => {
        await gone.opened;
        response.sendFile(thisFile);
      });
      await leave(url);
      await isOver('completed-without-result');
    });

    it('has what was piped whole when it has gone for its retry', async () => {
      const url = await start(async (response) => {
        await gone.opened;
        createReadStream(thisFile).pipe(response);
      });
      await leave(url);
      await isOver('completed');
    });

    it('ends the claim of a handler that gives up the response, too', async () => {
      const url = await start((response) => void response.destroy());
      await leave(url);
      await isOver('completed-without-result');
    });

    it('leaves a stream that failed to the next request', async () => {
      const failing = () => Readable.from(thrown());
      const url = await start((response) => pipeline(failing(), response));
      await leave(url);
      await isOver(undefined);
    });
  });

  describe('of Fastify', () => {
    async function start(handle: (reply: FastifyReply) => unknown): Promise<string> {
      const app = fastify({ forceCloseConnections: true });
      const once = fastifyIdempotency(store, {
        scope: (_: FastifyRequest) => 'all',
        leaseSeconds: 1,
      });
      app.post('/', { ...once }, async (_request, reply) => {
        reply.raw.once('close', () => gone.open());
        const work = handle(reply);
        isRunning = true;
        await work;
        return reply;
      });
      const url = await app.listen({ host: '127.0.0.1', port: 0 });
      server = { url, close: () => app.close() };
      return url;
    }

    it('ends the claim of a hijacked reply', async () => {
      const url = await start((reply) => {
        reply.hijack();
        reply.raw.write('x');
      });
      await leave(url);
      await isOver('completed-without-result');
    });

    it('ends the claim of a reply that is hijacked when it has gone', async () => {
      const url = await start(async (reply) => {
        await gone.opened;
        reply.hijack();
        reply.raw.end('x');
      });
      await leave(url);
      await isOver('completed-without-result');
    });
  });
});

// biome-ignore lint/correctness/useYield: it fails before.
function* thrown(): Generator<string> {
  throw new Error('broken');
}
