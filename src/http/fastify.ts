import { isQxCacheError } from '../errors/index.js';
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
import { type ProblemOptions, reportedProblem } from './problem.js';
import { hasBody, unknownBody } from './request-body.js';
import { restoreHeaders, setHeaders } from './restore-headers.js';
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
  readonly raw: NodeResponse & { readonly statusCode: number; readonly headersSent: boolean };
  code(status: number): unknown;
  header(name: string, value: string | string[]): unknown;
  removeHeader(name: string): unknown;
  getHeaders(): Readonly<Record<string, unknown>>;
  send(payload: string | Uint8Array): unknown;
  hijack(): unknown;
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
  readonly headersBefore: HttpResponse['headers'];
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

  /** Ends the claim of a handler that writes its response by itself. */
  function finishOwn(request: Request, reply: FastifyReplyLike): void {
    finish(request, () => ({ status: reply.raw.statusCode, headers: {}, body: notStored }));
  }

  /** Such a handler need not notice that its client has gone. Any other comes to onSend all the same. */
  function finishWithClient(request: Request, reply: FastifyReplyLike): void {
    reply.raw.once('close', () => {
      if (reply.sent || reply.raw.headersSent) return finishOwn(request, reply);
      const hijack = reply.hijack.bind(reply);
      reply.hijack = () => {
        finishOwn(request, reply);
        return hijack();
      };
    });
  }

  return {
    async preHandler(source, reply) {
      const { method, url: path, headers } = source;
      const isUnread = source.body === undefined && hasBody(headers);
      const body = isUnread ? unknownBody : source.body;
      const request = { method, path, idempotencyKey: headers['idempotency-key'], body, source };
      if (!idempotency.guards(request)) return;
      const signal = clientSignal(reply.raw);
      return new Promise<unknown>((proceed, fail) => {
        let isRunning = false;
        const handle = () =>
          new Promise<HttpResponse>((finish) => {
            isRunning = true;
            const headersBefore = toHeaders(reply.getHeaders());
            running.set(source, { finish, answer, headersBefore });
            finishWithClient(source, reply);
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
      restoreHeaders(reply, current.headersBefore, (name, value) => reply.header(name, value));
      describe(reply, answer.response);
      return answer.response.body;
    },

    // A handler that took the response into its own hands never comes to onSend. One whose client has
    // gone is still at work, and does.
    async onResponse(request, reply) {
      if (reply.sent) finishOwn(request, reply);
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
    if (!isQxCacheError(error)) throw error;
    return send(reply, reportedProblem(error, options, request));
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
  setHeaders(headers, (name, value) => reply.header(name, value));
}
