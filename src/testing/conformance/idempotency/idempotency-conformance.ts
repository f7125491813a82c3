import {
  type ConformanceCase,
  type ConformanceOptions,
  conformanceCases,
} from '../conformance-case.js';
import { ownerCases } from './owner-cases.js';
import { recordCases } from './record-cases.js';
import { runningCases } from './running-cases.js';
import { type ExpireClaim, StoreScene } from './store-scene.js';
import type { StoreUnderTest } from './store-under-test.js';

/** How the idempotency suite runs. */
export interface IdempotencyConformanceOptions extends ConformanceOptions {
  /**
   * Lets the claim of a key be over at once; see {@link expireClaim}. Without it, cases that need a dead
   * owner block this process for longer than a short lease. So a store that does something of its own
   * before it asks Redis needs it: meanwhile the owner, who lives, renews.
   */
  readonly expire?: ExpireClaim | undefined;
}

/**
 * What `IdempotencyStore` promises, as cases for any test runner.
 *
 * @param createStore makes the store of one more process, up to four for each case. They share their
 *   data, and may be one and the same; with a client each they show more.
 * @example
 * const createStore = () => new CountingStore(redis);
 * const expire = (key: string) => expireClaim(redis, key);
 * for (const { name, run } of conformance.idempotency(createStore, { expire })) it(name, run);
 */
export function idempotencyConformance(
  createStore: () => StoreUnderTest | Promise<StoreUnderTest>,
  options: IdempotencyConformanceOptions = {},
): readonly ConformanceCase[] {
  const bodies = { ...runningCases, ...recordCases, ...ownerCases };
  return conformanceCases(bodies, () => new StoreScene(createStore, options.expire), options);
}
