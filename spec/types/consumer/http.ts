/** What a user writes against the adapters for HTTP, here with a request of their own. */
import type { IdempotencyStore } from 'qx-cache';
import {
  type ExpressRequestLike,
  expressIdempotency,
  fastifyIdempotency,
  HttpIdempotency,
  type HttpResponse,
  honoIdempotency,
  parseIdempotencyKey,
  problemOf,
} from 'qx-cache/http';

interface Authenticated extends ExpressRequestLike {
  readonly user: string;
}

export const key: string = parseIdempotencyKey('"8e03978e"');

export async function use(store: IdempotencyStore, source: Authenticated): Promise<HttpResponse> {
  expressIdempotency(store, { scope: (request: Authenticated) => request.user, ttlSeconds: 60 });
  fastifyIdempotency(store, { scope: () => 'all' });
  honoIdempotency(store, { scope: () => 'all' });
  // @ts-expect-error nobody's keys
  expressIdempotency(store, {});
  // @ts-expect-error a scope that may be missing
  expressIdempotency(store, { scope: (request: ExpressRequestLike) => request.headers.user });
  const once = new HttpIdempotency<Authenticated>(store, { scope: ({ user }) => user });
  const request = { method: 'POST', path: '/orders', idempotencyKey: key, body: {}, source };
  const work = async () => ({ status: 201, headers: {}, body: '' });
  const { response } = await once.respond(request, work);
  return problemOf(new Error()) ?? response;
}
