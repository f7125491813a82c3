import { isQxCacheError, QxCacheSettingsError } from '../errors/index.js';
import type { Claim, IdempotencyStore } from '../idempotency/index.js';
import { storedKey } from '../idempotency/stored-key.js';
import { onAbort } from '../redis/on-abort.js';
import { limits } from '../settings/limits.js';
import { problemOfUserKey } from '../settings/user-key.js';
import { validate } from '../settings/validate.js';
import { rememberClaim } from './claim-of.js';
import type { HttpAnswer, HttpRequest, HttpResponse, WholeResponse } from './http-messages.js';
import { type HttpIdempotencyOptions, httpOptions } from './http-options.js';
import { parseIdempotencyKey } from './idempotency-key-header.js';
import { reportedProblem } from './problem.js';
import { isUnknown, UnknownBodyError } from './request-body.js';
import { toStorable } from './storable.js';

/** What nginx logs of a client that left: nobody gets to see it. */
const clientGone: HttpAnswer = {
  outcome: 'refused',
  response: { status: 499, headers: {}, body: '' },
};

/**
 * Answers HTTP requests once for each `Idempotency-Key`, without any framework: what the adapters are
 * made of, and what an adapter for another framework takes.
 *
 * The handler of the first request runs; later ones get its response with `Idempotency-Replayed: true`.
 * What this library refuses is answered as a problem, see {@link problemOf}.
 *
 * @example
 * const idempotency = new HttpIdempotency(store, { scope: () => 'all' });
 * const { response } = await idempotency.respond(
 *   { method: 'POST', path: '/orders', idempotencyKey: '"8e03978e"', body: { sku: 'tea' }, source: {} },
 *   async () => ({ status: 201, headers: {}, body: JSON.stringify(await placeOrder({ sku: 'tea' })) }),
 * );
 */
export class HttpIdempotency<Source extends object = object> {
  /** The longest body that is stored, in bytes: an adapter need not keep more of one. */
  readonly maxResponseBytes: number;
  readonly #store: Pick<IdempotencyStore, 'run'>;
  readonly #options: ReturnType<typeof checked<Source>>;

  /** @throws {@link QxCacheSettingsError} when an option is out of range */
  constructor(store: Pick<IdempotencyStore, 'run'>, options: HttpIdempotencyOptions<Source>) {
    this.#store = store;
    this.#options = checked(options);
    this.maxResponseBytes = this.#options.maxResponseBytes;
  }

  /** Whether a request runs once. One that does not is none of `respond`'s business. */
  guards({ method, idempotencyKey }: Pick<HttpRequest, 'method' | 'idempotencyKey'>): boolean {
    const { methods, required } = this.#options;
    return methods.includes(method) && (required || (idempotencyKey ?? undefined) !== undefined);
  }

  /**
   * The response to a request: that of the handler, which is stored when it is a success, or the stored
   * one, or a problem.
   *
   * @param handle makes the response; what it throws goes on to the caller, unless it is an error of this
   *   library, and nothing is stored
   */
  async respond(
    request: HttpRequest<Source>,
    handle: (claim: Claim) => Promise<HttpResponse>,
  ): Promise<HttpAnswer> {
    const { signal, source } = request;
    if (signal?.aborted) return clientGone;
    const waiting = new AbortController();
    const stopWatching = signal && onAbort(signal, () => waiting.abort(signal.reason));
    try {
      return await this.#run(request, waiting.signal, (claim) => {
        // The client may go now: its retry wants the response of what has begun.
        stopWatching?.();
        rememberClaim(source, claim);
        return handle(claim);
      });
    } catch (error) {
      if (waiting.signal.aborted) return clientGone;
      if (!isQxCacheError(error)) throw error;
      return { outcome: 'refused', response: reportedProblem(error, this.#options, source) };
    } finally {
      stopWatching?.();
    }
  }

  async #run(
    request: HttpRequest<Source>,
    signal: AbortSignal,
    handle: (claim: Claim) => Promise<HttpResponse>,
  ): Promise<HttpAnswer> {
    const { name, storedHeaders, maxResponseBytes, storeWhen = isSuccess } = this.#options;
    const { ttlSeconds, leaseSeconds, waitSeconds, onInProgress, takeover } = this.#options;
    const key = parseIdempotencyKey(request.idempotencyKey, this.#options);
    const scope = await this.#scopeOf(request.source);
    let own: HttpResponse | undefined;
    const work = async (claim: Claim) => {
      own = await handle(claim);
      return toStorable(own, storedHeaders, maxResponseBytes);
    };
    const { value, replayed } = await this.#store.run(storedKey({ scope, name, key }), work, {
      ...{ ttlSeconds, leaseSeconds, waitSeconds, onInProgress, takeover, storeWhen, signal },
      fingerprint: this.#fingerprintOf(request),
    });
    if (!replayed) return { outcome: 'executed', response: own ?? value };
    // What has no whole body is not stored.
    const response = value as WholeResponse;
    const headers = { ...response.headers, 'idempotency-replayed': 'true' };
    return { outcome: 'replayed', response: { ...response, headers } };
  }

  async #scopeOf(source: Source): Promise<string> {
    const scope: unknown = await this.#options.scope(source);
    const problem = problemOfUserKey(scope, limits.scopeBytes);
    if (problem === undefined) return scope as string;
    throw new QxCacheSettingsError(
      `HttpIdempotency: the scope of a request ${problem}. Authenticate before, or give those who need not be told apart one scope.`,
    );
  }

  #fingerprintOf({ method, path, body, source }: HttpRequest<Source>): unknown {
    const { fingerprint } = this.#options;
    if (fingerprint) return fingerprint(source);
    if (isUnknown(body)) throw new UnknownBodyError(method, path);
    return { method, path, body };
  }
}

/** With the defaults. The schema knows of a function only that it is one: its type is the user's. */
function checked<Source extends object>(options: HttpIdempotencyOptions<Source>) {
  const { scope, fingerprint, storeWhen, onProblem } = options;
  const valid = validate('HttpIdempotency', httpOptions, options);
  return { ...valid, scope, fingerprint, storeWhen, onProblem };
}

function isSuccess({ status }: HttpResponse): boolean {
  return status >= 200 && status < 300;
}
