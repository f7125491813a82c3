import assert from 'node:assert/strict';
import { becomes } from '../expectations.js';
import { Scene } from '../scene.js';
import type {
  AcquireOptionsUnderTest,
  CreateLock,
  LeaseUnderTest,
  LockOptionsUnderTest,
  LockUnderTest,
} from './lock-under-test.js';

/** A lease that ends by itself soon. */
export const shortLease = { ttlSeconds: 0.5, renew: false } as const;

/** What a case of the lock suite plays on. */
export class LockScene extends Scene {
  readonly #createLock: CreateLock;

  constructor(createLock: CreateLock) {
    super();
    this.#createLock = createLock;
  }

  /** The lock as one more process has it. */
  async newLock(
    options: Partial<LockOptionsUnderTest> = {},
    name = this.key,
  ): Promise<LockUnderTest> {
    return this.#createLock(name, { ttlSeconds: 30, waitSeconds: 5, renew: true, ...options });
  }

  /** A lease, sooner or later; what is left of it in the end is released. */
  acquire(lock: LockUnderTest, options?: AcquireOptionsUnderTest): Promise<LeaseUnderTest> {
    const acquiring = this.background(lock.acquire(options));
    this.onEnd(async () => (await acquiring).release());
    return acquiring;
  }

  /** A lease that must be there without waiting. */
  async take(lock: LockUnderTest): Promise<LeaseUnderTest> {
    const lease = await this.tryAcquire(lock);
    assert.ok(lease, 'The lock should be free.');
    return lease;
  }

  async tryAcquire(lock: LockUnderTest): Promise<LeaseUnderTest | undefined> {
    const lease = await lock.tryAcquire();
    if (lease) this.onEnd(() => lease.release());
    return lease;
  }

  /** Waits until as many wait for the lock. */
  async waiters(lock: LockUnderTest, count: number): Promise<void> {
    const isSo = async () => (await lock.inspect()).waiters === count;
    await becomes(`inspect should tell of ${count} waiters`, isSo);
  }

  /** Joins the queue, and is known to stand there behind `before` others. */
  async queueUp(
    lock: LockUnderTest,
    before = 0,
    options?: AcquireOptionsUnderTest,
  ): Promise<{ readonly lease: Promise<LeaseUnderTest> }> {
    const lease = this.acquire(lock, options);
    await this.waiters(lock, before + 1);
    // In an object, so that nobody waits for it by waiting for its place.
    return { lease };
  }
}
