import type { IdempotencyStore } from '../idempotency/index.js';
import { clientSignal, type NodeResponse } from './client-signal.js';
import { HttpIdempotency } from './http-idempotency.js';
import {
  type HttpAnswer,
  type HttpResponse,
  notStored,
  type WholeResponse,
} from './http-messages.js';
import type { HttpIdempotencyOptions } from './http-options.js';
import { type ProblemOptions, problemOf, reportProblem } from './problem.js';
import { toHeaders } from './storable.js';

/** A request of Fastify, as far as it is needed. */
export interface FastifyRequestLike {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body?: unknown;
}

/** A reply of Fastify, as far as it is needed. */
export interface FastifyReplyLike {
  readonly statusCode: number;
  readonly sent: boolean;
  readonly raw: NodeResponse & { readonly statusCode: number };
  code(status: number): unknown;
  header(name: string, value: string | string[]): unknown;
  removeHeader(name: string): unknown;
  getHeaders(): Readonly<Record<string, unknown>>;
  send(payload: string | Uint8Array): unknown;
}

/** The hooks of Fastify that make a handler run once for each key. */
export interface FastifyIdempotency<Request extends FastifyRequestLike> {
  preHandler(request: Request, reply: FastifyReplyLike): Promise<unknown>;
  onSend(request: Request, reply: FastifyReplyLike, payload: unknown): Promise<unknown>;
  onResponse(request: Request, reply: FastifyReplyLike): Promise<void>;
}

/** A request whose handler runs. */
interface Running {
  finish(response: HttpResponse): void;
  readonly answer: Promise<HttpAnswer>;
  /** What was set before it, and stays if another response takes the place of its own. */
  readonly headersBefore: Readonly<Record<string, unknown>>;
}

/**
 * Hooks that make the handlers of Fastify run once for each `Idempotency-Key`: for the options of a route,
 * or, with `addHook`, for all routes of a plugin. The hook that authenticates has to run before.
 *
 * @throws {@link QxCacheSettingsError} when an option is out of range
 * @example
 * const once = fastifyIdempotency(store, { scope: (request: FastifyRequest) => userOf(request).id });
 * app.post('/orders', { ...once }, async (request, reply) =>
 *   reply.code(201).send(await placeOrder(request.body)),
 * );
 */
export function fastifyIdempotency<Request extends FastifyRequestLike>(
  store: Pick<IdempotencyStore, 'run'>,
  options: HttpIdempotencyOptions<Request>,
): FastifyIdempotency<Request> {
  const idempotency = new HttpIdempotency(store, options);
  const running = new WeakMap<object, Running>();

  /** Ends the request's claim, if it has one. */
  function finish(request: Request, response: () => HttpResponse): Running | undefined {
    const current = running.get(request);
    running.delete(request);
    current?.finish(response());
    return current;
  }

  return {
    async preHandler(source, reply) {
      const { method, url: path, headers, body } = source;
      const request = { method, path, idempotencyKey: headers['idempotency-key'], body, source };
      if (!idempotency.guards(request)) return;
      const signal = clientSignal(reply.raw);
      return new Promise<unknown>((proceed, fail) => {
        let isRunning = false;
        const handle = () =>
          new Promise<HttpResponse>((finish) => {
            isRunning = true;
            running.set(source, { finish, answer, headersBefore: reply.getHeaders() });
            proceed(undefined);
          });
        const answer = idempotency.respond({ ...request, signal }, handle);
        // That of a handler is waited for in onSend; to fail here then changes nothing.
        answer.then((answer) => {
          if (!isRunning && answer.outcome !== 'executed') proceed(send(reply, answer.response));
        }, fail);
      });
    },

    async onSend(request, reply, payload) {
      const current = finish(request, () => ({
        status: reply.statusCode,
        headers: toHeaders(reply.getHeaders()),
        body: payload == null ? '' : isWhole(payload) ? payload : notStored,
      }));
      const answer = await current?.answer;
      if (!current || !answer || answer.outcome === 'executed') return payload;
      for (const name of Object.keys(reply.getHeaders())) {
        if (!(name in current.headersBefore)) reply.removeHeader(name);
      }
      describe(reply, answer.response);
      return answer.response.body;
    },

    // A handler that took the response into its own hands never comes to onSend. One whose client has
    // gone is still at work, and does.
    async onResponse(request, reply) {
      if (!reply.sent) return;
      finish(request, () => ({ status: reply.raw.statusCode, headers: {}, body: notStored }));
    },
  };
}

/**
 * An error handler for Fastify (`setErrorHandler`) that answers the errors of this library as problems, for
 * services with a mediator behind them. Other errors go on to the handler that would have had them.
 */
export function fastifyProblems<Request extends FastifyRequestLike>(
  options: ProblemOptions<Request> = {},
): (error: unknown, request: Request, reply: FastifyReplyLike) => unknown {
  return (error, request, reply) => {
    const response = problemOf(error, options);
    if (!response) throw error;
    reportProblem(error, options, request);
    return send(reply, response);
  };
}

function isWhole(payload: unknown): payload is string | Uint8Array {
  return typeof payload === 'string' || payload instanceof Uint8Array;
}

function send(reply: FastifyReplyLike, response: WholeResponse): unknown {
  describe(reply, response);
  const { body } = response;
  reply.send(typeof body === 'string' ? body : Buffer.from(body));
  return reply;
}

function describe(reply: FastifyReplyLike, { status, headers }: HttpResponse): void {
  reply.code(status);
  for (const [name, value] of Object.entries(headers)) {
    reply.header(name, typeof value === 'string' ? value : [...value]);
  }
}
