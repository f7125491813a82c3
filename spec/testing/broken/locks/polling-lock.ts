import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster, Redis } from 'ioredis';
import { LockTimeoutError } from '../../../../src/index.js';
import type {
  LeaseUnderTest,
  LockOptionsUnderTest,
  LockUnderTest,
} from '../../../../src/testing/index.js';
import { takePlainLease } from './plain-lease.js';

const waiters = new Map<string, number>();

/** Each waiter looks from time to time whether the lock is free, and is lucky or not. */
export class PollingLock implements LockUnderTest {
  readonly name: string;
  readonly #redis: Redis | Cluster;
  readonly #options: LockOptionsUnderTest;

  constructor(redis: Redis | Cluster, name: string, options: LockOptionsUnderTest) {
    this.name = name;
    this.#redis = redis;
    this.#options = options;
  }

  tryAcquire(): Promise<LeaseUnderTest | undefined> {
    return takePlainLease(this.#redis, this.name, this.#options.ttlSeconds);
  }

  async acquire({ waitSeconds = this.#options.waitSeconds } = {}): Promise<LeaseUnderTest> {
    const deadline = performance.now() + waitSeconds * 1000;
    this.#count(1);
    try {
      do {
        const lease = await this.poll();
        if (lease) return lease;
        await sleep(150 + Math.random() * 150);
      } while (performance.now() < deadline);
    } finally {
      this.#count(-1);
    }
    throw new LockTimeoutError(this.name, waitSeconds);
  }

  async run<T>(work: (lease: LeaseUnderTest) => Promise<T>): Promise<T> {
    const lease = await this.acquire();
    return work(lease).finally(() => lease.release());
  }

  async inspect() {
    const held = (await this.#redis.exists(this.name)) === 1;
    return { held, waiters: waiters.get(this.name) ?? 0 };
  }

  async forceRelease() {
    return (await this.#redis.del(this.name)) === 1;
  }

  protected poll(): Promise<LeaseUnderTest | undefined> {
    return this.tryAcquire();
  }

  #count(more: number): void {
    waiters.set(this.name, (waiters.get(this.name) ?? 0) + more);
  }
}
