import { expect } from 'chai';
import type { LockEvent } from '../../src/diagnostics/index.js';
import { DistributedLock, type Lease } from '../../src/lock/index.js';
import { leaveScript } from '../../src/lock/scripts/leave.js';
import { type FaultProxy, startFaultProxy } from '../../src/testing/index.js';
import { onRealRedis } from '../support/engines.js';
import { eventually } from '../support/eventually.js';
import { recordEvents } from '../support/recorded-events.js';
import { rejectionOf } from '../support/rejection.js';
import { callsOf } from '../support/script-calls.js';

onRealRedis('DistributedLock when connections break', (engine) => {
  const events = recordEvents<LockEvent>('qx-cache:lock');
  let proxy: FaultProxy;
  /** Through the proxy. */
  let lock: DistributedLock;
  /** Past the proxy. */
  let other: DistributedLock;

  beforeEach(async () => {
    proxy = await startFaultProxy({ target: engine.url() });
    const client = await engine.connect({ url: proxy.url });
    lock = new DistributedLock(client, 'a', { ttlSeconds: 2, waitSeconds: 20 });
    other = new DistributedLock(await engine.connect(), 'a', { waitSeconds: 20 });
  });

  afterEach(() => proxy.close());

  const waiters = (count: number) =>
    eventually(async () => (await other.inspect()).waiters === count);

  it('a lease goes on, however often', async () => {
    const lease = await lock.acquire();
    const renewals = () => events.filter(({ event }) => event === 'renewed').length;
    for (let round = 1; round <= 3; round++) {
      proxy.cut();
      await eventually(() => renewals() >= round);
    }
    expect(lease.isHeld).to.equal(true);
    expect((await other.inspect()).token).to.equal(lease.token);
    await lease.release();
  });

  it('those who wait are served in their order, though it happens at each turn', async () => {
    let last: Lease = await other.acquire();
    const served: number[] = [];
    const waiting: Promise<Lease>[] = [];
    const wait = async (number: number) => {
      const lease = await lock.acquire();
      served.push(number);
      return lease;
    };
    for (let number = 0; number < 6; number++) {
      waiting.push(wait(number));
      await waiters(number + 1);
    }
    for (const next of waiting) {
      proxy.cut();
      await last.release();
      last = await next;
    }
    await last.release();
    expect(served).to.deep.equal([0, 1, 2, 3, 4, 5]);
  });

  it('one that gives up at its turn hands on once, though it says so twice', async () => {
    const held = await other.acquire();
    const controller = new AbortController();
    const aborted = rejectionOf(lock.acquire({ signal: controller.signal }));
    await waiters(1);
    const behind = [other.acquire(), other.acquire()] as const;
    await waiters(3);
    proxy.dropPushes();
    const lost = proxy.loseReply(callsOf(leaveScript));
    const releasing = held.release();
    controller.abort();
    expect((await aborted).name).to.equal('AbortError');
    await lost;
    await releasing;
    const second = await behind[0];
    // What it says again is carried out before this, which goes the same way.
    const state = await lock.inspect();
    expect(state).to.include({ token: second.token, waiters: 1 });
    await second.release();
    await (await behind[1]).release();
  });
});
