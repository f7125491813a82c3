import { isQxCacheError } from '../errors/index.js';
import type { IdempotencyStore } from '../idempotency/index.js';
import { clientSignal } from './client-signal.js';
import { HeldResponse } from './held-response.js';
import { HttpIdempotency } from './http-idempotency.js';
import type { HttpIdempotencyOptions } from './http-options.js';
import { type ProblemOptions, reportedProblem } from './problem.js';
import { hasBody, unknownBody } from './request-body.js';
import { sendTo, type WritableResponse } from './writable-response.js';

/** A request of Express, as far as it is needed. */
export interface ExpressRequestLike {
  readonly method: string;
  readonly originalUrl: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body?: unknown;
  /** Whether the body was read. */
  readonly readableEnded?: boolean;
  /** What multer and its like have read. */
  readonly file?: unknown;
  readonly files?: unknown;
}

type Next = (error?: unknown) => void;

/**
 * A middleware that makes the handlers of Express behind it run once for each `Idempotency-Key`. What
 * parses the body, and what authenticates, has to run before.
 *
 * @throws {@link QxCacheSettingsError} when an option is out of range
 * @example
 * import express, { type Request } from 'express';
 *
 * const app = express();
 * const once = expressIdempotency(store, { scope: (request: Request) => userOf(request).id });
 * app.post('/orders', express.json(), once, async (request, response) => {
 *   response.status(201).json(await placeOrder(request.body));
 * });
 */
export function expressIdempotency<Request extends ExpressRequestLike>(
  store: Pick<IdempotencyStore, 'run'>,
  options: HttpIdempotencyOptions<Request>,
): (request: Request, response: WritableResponse, next: Next) => void {
  const idempotency = new HttpIdempotency(store, options);
  return (source, response, next) => {
    const { method, originalUrl: path, headers } = source;
    const idempotencyKey = headers['idempotency-key'];
    if (!idempotency.guards({ method, idempotencyKey })) return next();

    let held: HeldResponse | undefined;
    const handle = () => {
      held = new HeldResponse(response, idempotency.maxResponseBytes);
      next();
      return held.whole;
    };
    const body = bodyOf(source);
    const signal = clientSignal(response);
    idempotency
      .respond({ method, path, idempotencyKey, body, signal, source }, handle)
      .then((answer) => {
        if (answer.outcome === 'executed') held?.release();
        else if (held) held.replace(answer.response);
        else sendTo(response, answer.response);
      })
      .catch((error: unknown) => {
        held?.discard();
        next(error);
      });
  };
}

/**
 * An error handler for Express that answers the errors of this library as problems, for services with a
 * mediator behind them. Other errors go on.
 */
export function expressProblems<Request extends ExpressRequestLike>(
  options: ProblemOptions<Request> = {},
): (error: unknown, request: Request, response: WritableResponse, next: Next) => void {
  // Express knows an error handler by its four parameters.
  return (error, request, response, next) => {
    if (!isQxCacheError(error)) return next(error);
    sendTo(response, reportedProblem(error, options, request));
  };
}

/** Some parsers set an empty `body` for a type that they do not read. Files are never in it. */
function bodyOf({ headers, body, readableEnded, file, files }: ExpressRequestLike): unknown {
  const isRead = body !== undefined && readableEnded !== false;
  const hasFiles = Object.keys(file ?? files ?? {}).length > 0;
  return hasBody(headers) && (!isRead || hasFiles) ? unknownBody : body;
}
