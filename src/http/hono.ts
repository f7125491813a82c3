import { isQxCacheError } from '../errors/index.js';
import type { IdempotencyStore } from '../idempotency/index.js';
import { HttpIdempotency } from './http-idempotency.js';
import { type HttpResponse, notStored, type WholeResponse } from './http-messages.js';
import type { HttpIdempotencyOptions } from './http-options.js';
import { type ProblemOptions, reportedProblem } from './problem.js';
import { readAtMost } from './read-at-most.js';
import { setHeaders } from './restore-headers.js';
import { isEvents } from './storable.js';

/** A context of Hono, as far as it is needed. */
export interface HonoContextLike {
  readonly req: { readonly raw: Request; arrayBuffer(): Promise<ArrayBuffer> };
  get res(): Response;
  set res(response: Response | undefined);
  body(data: null): Response;
}

/**
 * A middleware that makes the handlers of Hono behind it run once for each `Idempotency-Key`. What
 * authenticates has to run before, and so has `bodyLimit`: the body is read as a whole.
 *
 * @throws {@link QxCacheSettingsError} when an option is out of range
 * @example
 * import { type Context, Hono } from 'hono';
 *
 * const app = new Hono();
 * const once = honoIdempotency(store, { scope: (c: Context) => c.get('user').id });
 * app.post('/orders', once, async (c) => c.json(await placeOrder(await c.req.json()), 201));
 */
export function honoIdempotency<Context extends HonoContextLike>(
  store: Pick<IdempotencyStore, 'run'>,
  options: HttpIdempotencyOptions<Context>,
): (context: Context, next: () => Promise<void>) => Promise<Response | undefined> {
  const idempotency = new HttpIdempotency(store, options);
  return async (source, next) => {
    const { method, url, headers, signal } = source.req.raw;
    const idempotencyKey = headers.get('idempotency-key');
    if (!idempotency.guards({ method, idempotencyKey })) {
      await next();
      return undefined;
    }
    const { pathname, search } = new URL(url);
    const body = await bodyOf(source);
    // What Hono would send now: to ask for `res` would change what becomes of the handler's.
    const headersBefore = source.body(null).headers;
    const handle = async () => {
      await next();
      return readResponse(source.res, idempotency.maxResponseBytes);
    };
    const { outcome, response } = await idempotency.respond(
      { method, path: pathname + search, idempotencyKey, body, signal, source },
      handle,
    );
    if (outcome === 'executed') return undefined;
    // In place of one that the handler made: Hono would keep its headers.
    source.res = undefined;
    source.res = toResponse(response, headersBefore);
    return undefined;
  };
}

/**
 * The `Response` to an error of this library, as a problem; `undefined` for other errors. For `onError` of
 * Hono, and for whatever else speaks in `Response`s.
 *
 * @example
 * import { Hono } from 'hono';
 *
 * const app = new Hono();
 * app.onError((error, c) => problemResponse(error) ?? c.text('Internal Server Error', 500));
 */
export function problemResponse(
  error: unknown,
  options: ProblemOptions<undefined> = {},
): Response | undefined {
  return isQxCacheError(error) ? toResponse(reportedProblem(error, options, undefined)) : undefined;
}

/** JSON by its value, as the other frameworks' parsers have it; anything else by its bytes. */
async function bodyOf({ req }: HonoContextLike): Promise<unknown> {
  const bytes = Buffer.from(await req.arrayBuffer());
  if (!/\bjson\b/i.test(req.raw.headers.get('content-type') ?? '')) return bytes;
  try {
    return JSON.parse(bytes.toString());
  } catch {
    return bytes;
  }
}

async function readResponse(response: Response, maxBytes: number): Promise<HttpResponse> {
  const headers = Object.fromEntries(response.headers);
  const body = isEvents(headers) ? undefined : await readAtMost(response.clone().body, maxBytes);
  return { status: response.status, headers, body: body ?? notStored };
}

/** Beside the headers that were set before it. */
function toResponse({ status, headers, body }: WholeResponse, headersBefore?: Headers): Response {
  const all = new Headers(headersBefore);
  setHeaders(headers, (name, value) => {
    all.delete(name);
    for (const each of [value].flat()) all.append(name, each);
  });
  // Some statuses take no body, not even an empty one.
  return new Response(body.length > 0 ? (body as string) : null, { status, headers: all });
}
