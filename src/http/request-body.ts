import { QxCacheSettingsError } from '../errors/index.js';

/** In place of a body whose value nobody knows: it was not read, or is an upload. */
export const unknownBody: unique symbol = Symbol('unknown body');

/**
 * The body can't be compared. To those who run the service a mistake in its set-up; to the client, which
 * may only have sent a wrong type, 415.
 */
export class UnknownBodyError extends QxCacheSettingsError {
  constructor(method: string, path: string) {
    super(
      `HttpIdempotency: the body of ${method} ${path.split('?')[0]} was not read, or is an upload, so it can't be compared. Put a parser for its type before, or give what identifies a request as fingerprint.`,
    );
  }
}

/** Whether a request of Node comes with a body. */
export function hasBody(headers: Readonly<Record<string, string | string[] | undefined>>): boolean {
  const length = headers['content-length'];
  if (length !== undefined) return Number(length) > 0;
  // HTTP/2 has no chunks, and need not tell the length.
  const isHttp2 = headers[':method'] !== undefined;
  return headers[isHttp2 ? 'content-type' : 'transfer-encoding'] !== undefined;
}

/** Whether there is no value to compare: a stream has none. */
export function isUnknown(body: unknown): boolean {
  const { pipe, getReader } = (body ?? {}) as Record<string, unknown>;
  return body === unknownBody || typeof pipe === 'function' || typeof getReader === 'function';
}
