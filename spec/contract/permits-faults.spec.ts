import { expect } from 'chai';
import type { Redis } from 'ioredis';
import type { LockEvent } from '../../src/diagnostics/index.js';
import { isCacheUnavailableError, type LockNotHeldError } from '../../src/errors/index.js';
import { type LockOptions, ReadWriteLock, Semaphore } from '../../src/lock/index.js';
import { acquirePermitScript } from '../../src/lock/permits/scripts/acquire.js';
import { forceReleasePermitsScript } from '../../src/lock/permits/scripts/force-release.js';
import { permitHeartbeatScript } from '../../src/lock/permits/scripts/heartbeat.js';
import { releasePermitScript } from '../../src/lock/permits/scripts/release.js';
import { renewPermitScript } from '../../src/lock/permits/scripts/renew.js';
import { type FaultProxy, startFaultProxy } from '../../src/testing/index.js';
import { onRealRedis } from '../support/engines.js';
import { eventually } from '../support/eventually.js';
import { waiterListens } from '../support/listening.js';
import { recordEvents } from '../support/recorded-events.js';
import { rejectionOf } from '../support/rejection.js';
import { callsOf } from '../support/script-calls.js';

onRealRedis('Semaphore and ReadWriteLock when the network fails', (engine) => {
  const events = recordEvents<LockEvent>('qx-cache:lock');
  let redis: Redis;
  let proxy: FaultProxy;

  beforeEach(async () => {
    redis = (await engine.connect()) as Redis;
    proxy = await startFaultProxy({ target: engine.url() });
  });

  afterEach(() => proxy.close());

  /** Goes through the proxy; its commands may take half a second. */
  const throughProxy = () => engine.connect({ url: proxy.url, commandTimeoutSeconds: 0.5 });
  const semaphoreOn = (client: Awaited<ReturnType<typeof throughProxy>>, options?: LockOptions) =>
    new Semaphore(client, 'a', { permits: 2, waitSeconds: 20, ...options });

  /** Two semaphores of the same two permits: one through the proxy, the other past it. */
  async function pair(options?: LockOptions): Promise<[Semaphore, Semaphore]> {
    return [semaphoreOn(await throughProxy(), options), semaphoreOn(redis)];
  }

  const waiters = (of: Semaphore | ReadWriteLock, count: number) =>
    eventually(async () => (await of.inspect()).waiters === count);
  const listening = () => waiterListens(redis, engine.namespace());
  const tokens = async (of: Semaphore) =>
    (await of.inspect()).holders.map(({ token }) => token).sort((a, b) => a - b);

  describe('sent twice after a lost reply', () => {
    it('an acquire finds itself an owner, and takes one permit', async () => {
      const [semaphore, other] = await pair();
      const lost = proxy.loseReply(callsOf(acquirePermitScript));
      const acquiring = semaphore.acquire();
      await lost;
      const lease = await acquiring;
      expect(await tokens(other)).to.deep.equal([lease.token]);
      await lease.release();
      expect(proxy.counts.lostReplies).to.equal(1);
    });

    it('an acquire that has to wait has one place in the queue', async () => {
      const [semaphore, other] = await pair();
      const held = [await other.acquire(), await other.acquire()];
      const lost = proxy.loseReply(callsOf(acquirePermitScript));
      const waiting = semaphore.acquire();
      await lost;
      const behind = other.acquire();
      await waiters(other, 2);
      for (const lease of held) await lease.release();
      const leases = [await waiting, await behind];
      expect(await tokens(other)).to.deep.equal(leases.map(({ token }) => token));
      for (const lease of leases) await lease.release();
    });

    it('a renewal is granted', async () => {
      const [semaphore, other] = await pair();
      const lease = await semaphore.acquire();
      const lost = proxy.loseReply(callsOf(renewPermitScript));
      const renewing = lease.renew(60);
      await lost;
      await renewing;
      expect((await other.inspect()).holders[0]?.expiresInSeconds).to.be.greaterThan(30);
      await lease.release();
    });

    it('a release finds its receipt, and does not hand on again', async () => {
      const [semaphore, other] = await pair();
      const lease = await semaphore.acquire();
      const kept = await other.acquire();
      const next = other.acquire();
      const third = other.acquire();
      await waiters(other, 2);
      const lost = proxy.loseReply(callsOf(releasePermitScript));
      const releasing = lease.release();
      await lost;
      const second = await next;
      await releasing;
      expect(await tokens(other)).to.deep.equal([kept.token, second.token]);
      expect((await other.inspect()).waiters).to.equal(1);
      await second.release();
      await (await third).release();
      await kept.release();
    });

    it('a release by force leaves the next owners alone', async () => {
      const [semaphore, other] = await pair();
      const old = [await other.acquire(), await other.acquire()];
      const next = [other.acquire(), other.acquire()];
      await waiters(other, 2);
      const lost = proxy.loseReply(callsOf(forceReleasePermitsScript));
      const forcing = semaphore.forceRelease();
      await lost;
      expect(await forcing).to.equal(true);
      for (const lease of await Promise.all(next)) {
        await lease.renew();
        await lease.release();
      }
      for (const lease of old) await rejectionOf(lease.release());
    });

    it('the confirmation of a hand-over is granted', async () => {
      const [semaphore, other] = await pair();
      const held = [await other.acquire(), await other.acquire()];
      const waiting = semaphore.acquire();
      await waiters(other, 1);
      const lost = proxy.loseReply(callsOf(renewPermitScript));
      await held[0]?.release();
      await lost;
      const lease = await waiting;
      await lease.renew();
      expect(await tokens(other)).to.include(lease.token);
      await lease.release();
      await held[1]?.release();
    });
  });

  describe('when pushes get lost', () => {
    it('all that wait still get their turn', async () => {
      const [semaphore, other] = await pair();
      proxy.dropPushes();
      const held = [await other.acquire(), await other.acquire()];
      const waiting = [semaphore.acquire(), semaphore.acquire(), semaphore.acquire()];
      await waiters(other, 3);
      await listening();
      for (const lease of held) await lease.release();
      for (const next of waiting) await (await next).release();
      expect(proxy.counts.droppedPushes).to.be.greaterThan(0);
    });

    it('a writer and the readers behind it still get theirs', async () => {
      const shared = new ReadWriteLock(await throughProxy(), 'a', { waitSeconds: 20 });
      const other = new ReadWriteLock(redis, 'a');
      proxy.dropPushes();
      const held = await other.read();
      const writing = shared.write();
      await waiters(other, 1);
      const reading = [shared.read(), shared.read()];
      await waiters(other, 3);
      await listening();
      await held.release();
      const writer = await writing;
      expect((await other.inspect()).writer?.token).to.equal(writer.token);
      await writer.release();
      for (const lease of await Promise.all(reading)) await lease.release();
      expect(proxy.counts.droppedPushes).to.be.greaterThan(0);
    });

    it('while the connection of the channel is broken, a waiter looks when it is back', async () => {
      const [semaphore, other] = await pair();
      const held = [await other.acquire(), await other.acquire()];
      const waiting = semaphore.acquire();
      await waiters(other, 1);
      proxy.cut();
      await held[0]?.release();
      await (await waiting).release();
      await held[1]?.release();
    });

    it('a heartbeat whose reply got lost does no harm', async () => {
      const [semaphore, other] = await pair();
      const held = [await other.acquire(), await other.acquire()];
      const waiting = semaphore.acquire();
      await waiters(other, 1);
      await proxy.loseReply(callsOf(permitHeartbeatScript));
      await held[0]?.release();
      await (await waiting).release();
      await held[1]?.release();
    });
  });

  describe('when Redis does not answer', () => {
    it('an acquire fails in time, and what it got meanwhile is given back', async () => {
      const [semaphore, other] = await pair();
      proxy.delay(0.8);
      expect(isCacheUnavailableError(await rejectionOf(semaphore.acquire()))).to.equal(true);
      proxy.heal();
      await eventually(async () => (await tokens(other)).length === 0);
    });

    it('the signal aborts before another one can get the permit, and nobody else loses theirs', async () => {
      const [semaphore, other] = await pair({ ttlSeconds: 1 });
      const [lease, kept] = [await semaphore.acquire(), await other.acquire()];
      const { signal } = lease;
      proxy.blackhole();
      const next = await other.acquire().then((taken) => ({ taken, wasAborted: signal.aborted }));
      expect(next.wasAborted).to.equal(true);
      expect((signal.reason as LockNotHeldError).reason).to.equal('expired');
      expect([lease.isHeld, kept.isHeld]).to.deep.equal([false, true]);
      proxy.heal();
      await next.taken.renew();
      await kept.renew();
      await next.taken.release();
      await kept.release();
    });

    it('a waiter that nobody can reach holds the others up for one hand-off lease only', async () => {
      const [semaphore, other] = await pair();
      const held = [await other.acquire(), await other.acquire()];
      const unreachable = semaphore.acquire();
      await waiters(other, 1);
      const behind = other.acquire();
      await waiters(other, 2);
      proxy.blackhole();
      await held[0]?.release();
      // Well before it counts as dead for giving no sign of life.
      const pending = await eventually(async () => {
        const owner = (await other.inspect()).holders.find(({ token }) => token !== held[1]?.token);
        return owner;
      });
      expect(pending.expiresInSeconds).to.be.at.most(1);
      const lease = await behind;
      expect(lease.token).to.be.greaterThan(pending.token);
      await lease.release();
      proxy.heal();
      await (await unreachable).release();
      await held[1]?.release();
    });

    it('a release fails in time, and can be sent again', async () => {
      const [semaphore, other] = await pair({ ttlSeconds: 5 });
      const lease = await semaphore.acquire();
      proxy.blackhole();
      expect(isCacheUnavailableError(await rejectionOf(lease.release()))).to.equal(true);
      expect(lease.isHeld).to.equal(false);
      proxy.heal();
      await eventually(() => lease.release().then(() => true));
      expect(events.at(-1)).to.include({ event: 'released', kind: 'semaphore' });
      expect(await tokens(other)).to.deep.equal([]);
    });

    it('those who wait go on waiting', async () => {
      const [semaphore, other] = await pair();
      const held = [await other.acquire(), await other.acquire()];
      const waiting = semaphore.acquire();
      await waiters(other, 1);
      proxy.blackhole();
      // Its process counts as dead now.
      await waiters(other, 0);
      proxy.heal();
      await waiters(other, 1);
      await held[0]?.release();
      await (await waiting).release();
      await held[1]?.release();
    });
  });
});
