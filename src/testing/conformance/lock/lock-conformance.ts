import {
  type ConformanceCase,
  type ConformanceOptions,
  conformanceCases,
} from '../conformance-case.js';
import { givingUpCases } from './giving-up-cases.js';
import { leaseCases } from './lease-cases.js';
import { LockScene } from './lock-scene.js';
import type { CreateLock } from './lock-under-test.js';
import { queueCases } from './queue-cases.js';
import { runCases } from './run-cases.js';

/**
 * What `DistributedLock` promises, as cases for any test runner.
 *
 * @param createLock makes the lock of that name for one more process, up to four for each case. It has to
 *   hand on the options: cases that need a lease to end ask for a short one. With a client each it shows
 *   more.
 * @example
 * const createLock: CreateLock = (name, options) =>
 *   new LoggingLock(new DistributedLock(redis, name, options));
 * for (const { name, run } of conformance.lock(createLock)) it(name, run);
 */
export function lockConformance(
  createLock: CreateLock,
  options: ConformanceOptions = {},
): readonly ConformanceCase[] {
  const bodies = { ...queueCases, ...givingUpCases, ...leaseCases, ...runCases };
  return conformanceCases(bodies, () => new LockScene(createLock), options);
}
