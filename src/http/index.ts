/**
 * `qx-cache/http`: the `Idempotency-Key` header, for Fastify, Express, Hono and others. Importing it loads
 * no framework, registers nothing and opens nothing.
 *
 * @module
 */
export { type StoredKeyParts, storedKey } from '../idempotency/stored-key.js';
export { claimOf } from './claim-of.js';
export { type ExpressRequestLike, expressIdempotency, expressProblems } from './express.js';
export {
  type FastifyIdempotency,
  type FastifyReplyLike,
  type FastifyRequestLike,
  fastifyIdempotency,
  fastifyProblems,
} from './fastify.js';
export { type HonoContextLike, honoIdempotency, problemResponse } from './hono.js';
export { HttpIdempotency } from './http-idempotency.js';
export {
  type HttpAnswer,
  type HttpRequest,
  type HttpResponse,
  notStored,
  type WholeResponse,
} from './http-messages.js';
export type { HttpIdempotencyOptions } from './http-options.js';
export {
  IdempotencyKeyHeaderError,
  type KeyHeaderOptions,
  parseIdempotencyKey,
} from './idempotency-key-header.js';
export { type ProblemDetails, type ProblemOptions, problemOf } from './problem.js';
export type { WritableResponse } from './writable-response.js';
