import type { Claim } from '../idempotency/index.js';

const claims = new WeakMap<object, Claim>();

/** Lets a handler find the claim by the request that it gets. */
export function rememberClaim(source: object, claim: Claim): void {
  claims.set(source, claim);
}

/**
 * The claim under which a handler answers a request: for its fencing `token`, its `step`s, its `attempt`
 * and its `signal`, which aborts when the claim is lost. `undefined` where the request is not guarded.
 *
 * @param source the request of Fastify or Express, the context of Hono, the `source` of others
 * @example
 * const charge = await claimOf(request)?.step('charge', (step) =>
 *   payments.charge(1200, { idempotencyKey: step.key }),
 * );
 */
export function claimOf(source: object): Claim | undefined {
  return claims.get(source);
}
