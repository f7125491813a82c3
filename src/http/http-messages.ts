/** A request, as far as idempotency has to know it. The adapters make it from that of a framework. */
export interface HttpRequest<Source extends object = object> {
  readonly method: string;
  /** The path with the query. */
  readonly path: string;
  /** The `Idempotency-Key` header, unparsed. */
  readonly idempotencyKey: string | readonly string[] | null | undefined;
  /** Parsed, or raw; what of it is compared is its value. No stream: see `fingerprint`. */
  readonly body: unknown;
  /** Aborts when the client has gone. Ends the waiting for another request, never the handler. */
  readonly signal?: AbortSignal | undefined;
  /** What the framework knows: what `scope` and `fingerprint` get. */
  readonly source: Source;
}

/**
 * The body of a response that went out but can't be stored: a stream, or one that is too long. The key
 * then counts as executed, and a retry is told that the response can't be given again.
 */
export const notStored: unique symbol = Symbol('not stored');

/** A response, whole. */
export interface HttpResponse {
  readonly status: number;
  /** By their names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: string | Uint8Array | typeof notStored;
}

/** A response that can be sent as it is. */
export type WholeResponse = HttpResponse & { readonly body: string | Uint8Array };

/**
 * What became of a request. `executed`: the handler ran, and its own response goes out. `replayed`: the
 * stored response of an earlier request. `refused`: a problem, which goes out in place of any other response.
 */
export type HttpAnswer =
  | { readonly outcome: 'executed'; readonly response: HttpResponse }
  | { readonly outcome: 'replayed' | 'refused'; readonly response: WholeResponse };
