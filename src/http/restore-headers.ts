import type { HttpResponse } from './http-messages.js';

/** What a framework has for the headers of a response. */
interface ResponseHeaders {
  getHeaders(): Readonly<Record<string, unknown>>;
  removeHeader(name: string): unknown;
}

/** Makes the headers of a response those alone: what a handler has added or changed is undone. */
export function restoreHeaders(
  response: ResponseHeaders,
  headers: HttpResponse['headers'],
  set: (name: string, value: string | string[]) => unknown,
): void {
  // All of them: Fastify would add a cookie to those that are there.
  for (const name of Object.keys(response.getHeaders())) response.removeHeader(name);
  setHeaders(headers, set);
}

/** Sets headers beside those that are there. */
export function setHeaders(
  headers: HttpResponse['headers'],
  set: (name: string, value: string | string[]) => unknown,
): void {
  for (const [name, value] of Object.entries(headers)) {
    set(name, typeof value === 'string' ? value : [...value]);
  }
}
