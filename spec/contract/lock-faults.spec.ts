import { expect } from 'chai';
import type { LockEvent } from '../../src/diagnostics/index.js';
import { isCacheUnavailableError, type LockNotHeldError } from '../../src/errors/index.js';
import { DistributedLock, type LockOptions } from '../../src/lock/index.js';
import { acquireScript } from '../../src/lock/scripts/acquire.js';
import { forceReleaseScript } from '../../src/lock/scripts/force-release.js';
import { heartbeatScript } from '../../src/lock/scripts/heartbeat.js';
import { releaseScript } from '../../src/lock/scripts/release.js';
import { renewScript } from '../../src/lock/scripts/renew.js';
import { type FaultProxy, startFaultProxy } from '../../src/testing/index.js';
import { onRealRedis } from '../support/engines.js';
import { eventually } from '../support/eventually.js';
import { waiterListens } from '../support/listening.js';
import { recordEvents } from '../support/recorded-events.js';
import { rejectionOf } from '../support/rejection.js';
import { callsOf } from '../support/script-calls.js';

onRealRedis('DistributedLock when the network fails', (engine) => {
  const events = recordEvents<LockEvent>('qx-cache:lock');
  let proxy: FaultProxy;

  beforeEach(async () => {
    proxy = await startFaultProxy({ target: engine.url() });
  });

  afterEach(() => proxy.close());

  /** Locks through the proxy, whose commands may take half a second. */
  async function faulty(options?: LockOptions): Promise<DistributedLock> {
    const client = await engine.connect({ url: proxy.url, commandTimeoutSeconds: 0.5 });
    return new DistributedLock(client, 'a', { waitSeconds: 20, ...options });
  }

  /** Locks past the proxy. */
  async function direct(options?: LockOptions): Promise<DistributedLock> {
    return new DistributedLock(await engine.connect(), 'a', { waitSeconds: 20, ...options });
  }

  const waiters = (lock: DistributedLock, count: number) =>
    eventually(async () => (await lock.inspect()).waiters === count);
  const renewals = () => events.filter(({ event }) => event === 'renewed').length;

  describe('sent twice after a lost reply', () => {
    it('an acquire finds itself the owner', async () => {
      const lock = await faulty();
      const lost = proxy.loseReply(callsOf(acquireScript));
      const acquiring = lock.acquire();
      await lost;
      const lease = await acquiring;
      expect((await (await direct()).inspect()).token).to.equal(lease.token);
      await lease.release();
      expect(proxy.counts.lostReplies).to.equal(1);
    });

    it('an acquire that has to wait has one place in the queue', async () => {
      const [lock, other] = [await faulty(), await direct()];
      const held = await other.acquire();
      const lost = proxy.loseReply(callsOf(acquireScript));
      const waiting = lock.acquire();
      await lost;
      const behind = other.acquire();
      await waiters(other, 2);
      await held.release();
      await (await waiting).release();
      await (await behind).release();
    });

    it('a renewal is granted', async () => {
      const lock = await faulty();
      const lease = await lock.acquire();
      const lost = proxy.loseReply(callsOf(renewScript));
      const renewing = lease.renew(60);
      await lost;
      await renewing;
      expect(lease.isHeld).to.equal(true);
      await lease.release();
    });

    it('a release finds its receipt, and does not hand on again', async () => {
      const [lock, other] = [await faulty(), await direct()];
      const lease = await lock.acquire();
      const next = other.acquire();
      const third = other.acquire();
      await waiters(other, 2);
      const lost = proxy.loseReply(callsOf(releaseScript));
      const releasing = lease.release();
      await lost;
      const second = await next;
      await releasing;
      expect(second.isHeld).to.equal(true);
      const state = await other.inspect();
      expect(state).to.include({ token: second.token, waiters: 1 });
      await second.release();
      await (await third).release();
    });

    it('a release finds its receipt after the lock went through other hands', async () => {
      const [lock, other] = [await faulty(), await direct()];
      const lease = await lock.acquire();
      const lost = proxy.loseReply(callsOf(releaseScript));
      const releasing = lease.release();
      await lost;
      for (let i = 0; i < 20; i++) await other.run(async () => i);
      await releasing;
    });

    it('a release by force leaves the next owner alone', async () => {
      const [lock, other] = [await faulty(), await direct()];
      const old = await other.acquire();
      const next = other.acquire();
      await waiters(other, 1);
      const lost = proxy.loseReply(callsOf(forceReleaseScript));
      const forcing = lock.forceRelease();
      await lost;
      expect(await forcing).to.equal(true);
      const lease = await next;
      await lease.renew();
      await lease.release();
      await rejectionOf(old.release());
    });

    it('the confirmation of a hand-over is granted', async () => {
      const [lock, other] = [await faulty(), await direct()];
      const held = await other.acquire();
      const waiting = lock.acquire();
      await waiters(other, 1);
      const lost = proxy.loseReply(callsOf(renewScript));
      await held.release();
      await lost;
      const lease = await waiting;
      await lease.renew();
      await lease.release();
    });
  });

  describe('when pushes get lost', () => {
    it('a waiter still gets its turn', async () => {
      const [lock, other] = [await faulty(), await direct()];
      proxy.dropPushes();
      const held = await other.acquire();
      const waiting = [lock.acquire(), lock.acquire()];
      await waiters(other, 2);
      await waiterListens(await engine.connect(), engine.namespace());
      await held.release();
      for (const next of waiting) await (await next).release();
      expect(proxy.counts.droppedPushes).to.be.greaterThan(0);
    });

    it('while the connection of the channel is broken, a waiter looks when it is back', async () => {
      const [lock, other] = [await faulty(), await direct()];
      const held = await other.acquire();
      const waiting = lock.acquire();
      await waiters(other, 1);
      proxy.cut();
      await held.release();
      await (await waiting).release();
    });

    it('a waiter that nobody can reach delays the others by one hand-off lease at most', async () => {
      const [lock, other] = [await faulty(), await direct()];
      const held = await other.acquire();
      const unreachable = lock.acquire();
      await waiters(other, 1);
      const behind = other.acquire();
      await waiters(other, 2);
      proxy.blackhole();
      const releasedAt = performance.now();
      await held.release();
      const lease = await behind;
      // One second, and what a busy machine takes for the rest.
      expect(performance.now() - releasedAt).to.be.within(900, 3000);
      await lease.release();
      proxy.heal();
      await (await unreachable).release();
    });
  });

  describe('when Redis does not answer', () => {
    it('an acquire fails in time, and what it got meanwhile is given back', async () => {
      const [lock, other] = [await faulty(), await direct()];
      proxy.delay(0.8);
      expect(isCacheUnavailableError(await rejectionOf(lock.acquire()))).to.equal(true);
      proxy.heal();
      const lease = await other.acquire();
      await lease.release();
      await eventually(async () => (await other.inspect()).held === false);
    });

    it('an acquire that is aborted rejects at once, and what it gets is given back', async () => {
      const [lock, other] = [await faulty(), await direct()];
      proxy.delay(0.3);
      const controller = new AbortController();
      const acquiring = rejectionOf(lock.acquire({ signal: controller.signal }));
      await eventually(async () => (await other.inspect()).held);
      controller.abort();
      expect((await acquiring).name).to.equal('AbortError');
      expect((await other.inspect()).held).to.equal(true);
      await (await other.acquire()).release();
    });

    it('a lease is not given to the caller when it is over before it arrives', async () => {
      const [lock, other] = [await faulty({ ttlSeconds: 0.1 }), await direct()];
      proxy.delay(0.3);
      expect(isCacheUnavailableError(await rejectionOf(lock.acquire()))).to.equal(true);
      await (await other.acquire()).release();
    });

    it('a lease goes on after renewals that failed, when a later one gets through', async () => {
      const lock = await faulty({ ttlSeconds: 3 });
      const lease = await lock.acquire();
      const { signal } = lease;
      proxy.blackhole();
      const failed = rejectionOf(lease.renew());
      expect(isCacheUnavailableError(await failed)).to.equal(true);
      expect(lease.isHeld).to.equal(true);
      proxy.heal();
      const before = renewals();
      await eventually(() => renewals() > before);
      expect(signal.aborted).to.equal(false);
      await lease.release();
    });

    it('a renewal that was granted after the lease was given up is given back', async () => {
      const client = await engine.connect({ url: proxy.url, commandTimeoutSeconds: 5 });
      const [lock, other] = [new DistributedLock(client, 'a', { ttlSeconds: 1 }), await direct()];
      const { signal } = await lock.acquire();
      proxy.delay(1.2);
      await eventually(() => signal.aborted);
      // The renewal was carried out, so Redis would keep the lock for longer than that.
      await (await other.acquire({ waitSeconds: 0.9 })).release();
      await eventually(async () => (await other.inspect()).held === false);
    });

    it('the signal aborts before another owner can get the lock, though no reply says so', async () => {
      const [lock, other] = [await faulty({ ttlSeconds: 1 }), await direct()];
      const lease = await lock.acquire();
      const { signal } = lease;
      await eventually(() => renewals() > 0);
      proxy.blackhole();
      const next = other.acquire().then((other) => ({ other, wasAborted: signal.aborted }));
      const { other: taken, wasAborted } = await next;
      expect(wasAborted).to.equal(true);
      expect((signal.reason as LockNotHeldError).reason).to.equal('expired');
      expect(lease.isHeld).to.equal(false);
      proxy.heal();
      await taken.renew();
      await taken.release();
    });

    it('a release fails in time, stops the renewals, and can be sent again', async () => {
      const [lock, other] = [await faulty({ ttlSeconds: 1.5 }), await direct()];
      const lease = await lock.acquire();
      proxy.blackhole();
      expect(isCacheUnavailableError(await rejectionOf(lease.release()))).to.equal(true);
      expect(lease.isHeld).to.equal(false);
      expect(events.at(-1)).to.include({ event: 'lost', token: lease.token });
      // As the end of its block would: there is nothing left to do.
      await lease[Symbol.asyncDispose]();
      proxy.heal();
      await eventually(() => lease.release().then(() => true));
      expect(events.at(-1)).to.include({ event: 'released', token: lease.token });
      expect((await other.inspect()).held).to.equal(false);
    });

    it('the work of a run still gives its result', async () => {
      const lock = await faulty();
      const result = await lock.run(async () => {
        proxy.blackhole();
        return 'done';
      });
      expect(result).to.equal('done');
      expect(events.at(-1)).to.include({ event: 'lost' });
    });

    it('those who wait go on waiting', async () => {
      const [lock, other] = [await faulty(), await direct()];
      const held = await other.acquire();
      const waiting = lock.acquire();
      await waiters(other, 1);
      proxy.blackhole();
      // Its process counts as dead now.
      await waiters(other, 0);
      proxy.heal();
      await waiters(other, 1);
      await held.release();
      await (await waiting).release();
    });

    it('a heartbeat whose reply got lost does no harm', async () => {
      const [lock, other] = [await faulty(), await direct()];
      const held = await other.acquire();
      const waiting = lock.acquire();
      await waiters(other, 1);
      const lost = proxy.loseReply(callsOf(heartbeatScript));
      await lost;
      await held.release();
      await (await waiting).release();
    });
  });
});
