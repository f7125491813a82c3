import express from 'express';
import fastify from 'fastify';
import { Hono } from 'hono';
import {
  expressIdempotency,
  expressProblems,
  fastifyIdempotency,
  fastifyProblems,
  type HttpIdempotencyOptions,
  honoIdempotency,
  problemResponse,
} from '../../src/http/index.js';
import type { IdempotencyStore } from '../../src/index.js';
import { listen } from './listen.js';

/** A request, as the handlers of the specs know it. */
interface Call {
  /** What the framework hands to handlers, and `claimOf` takes. */
  readonly source: object;
  readonly body: unknown;
}

/** What a handler of the specs answers. */
interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

export type Handler = (call: Call) => Promise<Reply>;

export type Options = Omit<HttpIdempotencyOptions, 'scope' | 'fingerprint' | 'onProblem'> & {
  readonly onProblem?: (error: Error) => void;
};

export interface Service {
  request(path: string, init?: RequestInit): Promise<Response>;
  close(): Promise<void>;
}

/** A framework with our adapter; `/orders` and `/plain` have the handler, the second one unguarded. */
export interface Framework {
  readonly name: string;
  start(store: IdempotencyStore, handle: Handler, options?: Options): Promise<Service>;
}

/** What a middleware before ours sets, such as that for CORS. */
export const earlierHeaders = {
  'access-control-allow-origin': 'https://shop.example',
  vary: 'origin',
};

/** The user is taken from a header, where a real service would authenticate. */
const userOf = (user: unknown) => (user === undefined ? 'nobody' : String(user));

export const frameworks: readonly Framework[] = [
  {
    name: 'Fastify',
    async start(store, handle, options = {}) {
      const app = fastify();
      const guarded = fastifyIdempotency(store, {
        ...options,
        scope: ({ headers }) => userOf(headers['x-user']),
      });
      app.setErrorHandler(fastifyProblems());
      app.addHook('onRequest', async (_request, reply) => {
        reply.headers(earlierHeaders);
      });
      const answer = async (source: fastify.FastifyRequest, reply: fastify.FastifyReply) => {
        const { status = 201, headers = {}, body } = await handle({ source, body: source.body });
        return reply.code(status).headers(headers).send(body);
      };
      app.all('/orders', { ...guarded }, answer);
      app.all('/plain', answer);
      const url = await app.listen({ host: '127.0.0.1', port: 0 });
      return {
        request: (path, init) => fetch(`${url}${path}`, init),
        close: () => app.close(),
      };
    },
  },
  {
    name: 'Express',
    async start(store, handle, options = {}) {
      const app = express();
      const guarded = expressIdempotency(store, {
        ...options,
        scope: ({ headers }) => userOf(headers['x-user']),
      });
      const answer = async (source: express.Request, response: express.Response) => {
        const { status = 201, headers = {}, body } = await handle({ source, body: source.body });
        response.status(status).set(headers).send(body);
      };
      app.use((_request, response, next) => {
        response.set(earlierHeaders);
        next();
      });
      app.use(express.json());
      app.all('/orders', guarded, answer);
      app.all('/plain', answer);
      app.use(expressProblems());
      // So that the handler of Express itself logs nothing.
      app.use(((_error, _request, response, _next) => {
        response.status(500).end();
      }) as express.ErrorRequestHandler);
      const { url, close } = await listen(app);
      return { request: (path, init) => fetch(`${url}${path}`, init), close };
    },
  },
  {
    name: 'Hono',
    async start(store, handle, options = {}) {
      const app = new Hono();
      const guarded = honoIdempotency(store, {
        ...options,
        scope: (c) => userOf(c.req.raw.headers.get('x-user') ?? undefined),
      });
      app.onError((error, c) => problemResponse(error) ?? c.text('Internal Server Error', 500));
      app.use(async (c, next) => {
        for (const [name, value] of Object.entries(earlierHeaders)) c.res.headers.set(name, value);
        await next();
      });
      app.use('/orders', guarded);
      app.all('*', async (c) => {
        const text = await c.req.text();
        const call = { source: c, body: text === '' ? undefined : JSON.parse(text) };
        const { status = 201, headers = {}, body } = await handle(call);
        return new Response(body ?? null, { status, headers });
      });
      return {
        request: async (path, init) => app.request(path, init),
        close: async () => {},
      };
    },
  },
];

/** A request with a key and a body. */
export function post(key: string | undefined, body: unknown = { sku: 'tea' }, user?: string) {
  return {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(key !== undefined && { 'idempotency-key': `"${key}"` }),
      ...(user !== undefined && { 'x-user': user }),
    },
    body: JSON.stringify(body),
  };
}
