import { setTimeout as sleep } from 'node:timers/promises';
import type { AcquireOptionsUnderTest, LeaseUnderTest } from '../../../../src/testing/index.js';
import { PollingLock } from './polling-lock.js';

const queues = new Map<string, Promise<unknown>>();

/** Those who wait stand in a queue, of which `tryAcquire` knows nothing. */
export class OvertakenLock extends PollingLock {
  override acquire(options?: AcquireOptionsUnderTest): Promise<LeaseUnderTest> {
    const before = queues.get(this.name) ?? Promise.resolve();
    const lease = before.then(() => super.acquire(options));
    queues.set(
      this.name,
      lease.catch(() => {}),
    );
    return lease;
  }
  /** The first of them is not quick. */
  protected override async poll(): Promise<LeaseUnderTest | undefined> {
    if ((await this.inspect()).held) return undefined;
    await sleep(100);
    return this.tryAcquire();
  }
}
