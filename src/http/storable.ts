import { isUtf8 } from 'node:buffer';
import { type HttpResponse, notStored } from './http-messages.js';

/**
 * What of a response is stored: the chosen headers alone, a text as a text, and no body that is too long.
 * The store can't write {@link notStored}, so it keeps the key as completed without a result.
 */
export function toStorable(
  { status, headers, body }: HttpResponse,
  storedHeaders: readonly string[],
  maxBytes: number,
): HttpResponse {
  const chosen = storedHeaders.flatMap((name) => {
    const value = headers[name.toLowerCase()];
    return value === undefined ? [] : [[name.toLowerCase(), value] as const];
  });
  return { status, headers: Object.fromEntries(chosen), body: storableBody(body, maxBytes) };
}

function storableBody(body: HttpResponse['body'], maxBytes: number): HttpResponse['body'] {
  if (body === notStored) return body;
  const bytes = Buffer.from(body as Uint8Array);
  if (bytes.length > maxBytes) return notStored;
  // Shorter, and readable for whoever looks at it.
  return isUtf8(bytes) ? bytes.toString() : new Uint8Array(bytes);
}

/** Headers as Node's responses have them: numbers too. */
export function toHeaders(headers: Readonly<Record<string, unknown>>): HttpResponse['headers'] {
  const entries = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined
      ? []
      : [[name.toLowerCase(), Array.isArray(value) ? value.map(String) : String(value)]],
  );
  return Object.fromEntries(entries);
}

/** Server-sent events: they may never end. */
export function isEvents(headers: Readonly<Record<string, unknown>>): boolean {
  return /^text\/event-stream\b/i.test(String(headers['content-type']));
}
