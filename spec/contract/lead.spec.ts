import { getEventListeners, once } from 'node:events';
import { expect } from 'chai';
import {
  isCacheUnavailableError,
  isLockNotHeldError,
  isQxCacheSettingsError,
} from '../../src/errors/index.js';
import {
  DistributedLock,
  FencedValue,
  type LeaderWork,
  type LeadOptions,
  lead,
} from '../../src/lock/index.js';
import { type Engine, onEachRedis } from '../support/engines.js';
import { eventually } from '../support/eventually.js';
import { gate } from '../support/gate.js';
import { rejectionOf } from '../support/rejection.js';

type Client = Awaited<ReturnType<Engine['connect']>>;

onEachRedis('lead', (engine) => {
  let redis: Client;
  let lock: DistributedLock;
  let stopping: AbortController;
  let heard: unknown[];
  const campaigns: Promise<unknown>[] = [];

  beforeEach(async () => {
    redis = await engine.connect();
    lock = new DistributedLock(redis, 'a', { waitSeconds: 20 });
    stopping = new AbortController();
    heard = [];
  });

  afterEach(async () => {
    stopping.abort();
    await Promise.allSettled(campaigns.splice(0));
  });

  function campaign(work: LeaderWork, options: Partial<LeadOptions> = {}, client = redis) {
    const onError = (error: unknown) => void heard.push(error);
    const candidacy = lead(client, 'a', work, { signal: stopping.signal, onError, ...options });
    campaigns.push(candidacy);
    return candidacy;
  }

  const untilAborted = async (signal: AbortSignal) => {
    if (!signal.aborted) await once(signal, 'abort');
  };
  const waiters = (count: number) =>
    eventually(async () => (await lock.inspect()).waiters === count);
  const listeners = () => getEventListeners(stopping.signal, 'abort').length;

  describe('runs the work', () => {
    it('under the lock of that name, with its token, and resolves when it is stopped', async () => {
      const led = gate<number>();
      const leading = campaign(async (signal, token) => {
        led.open(token);
        await untilAborted(signal);
        // Not handed on before the work has settled.
        expect((await lock.inspect()).held).to.equal(true);
      });
      const token = await led.opened;
      expect(await lock.inspect()).to.include({ held: true, token });
      stopping.abort();
      await leading;
      expect((await lock.inspect()).held).to.equal(false);
      expect(heard).to.deep.equal([]);
      expect(listeners()).to.equal(0);
    });

    it('of one candidate at a time, in the order in which they came', async () => {
      const order: string[] = [];
      let running = 0;
      const candidates = ['a', 'b', 'c'];
      for (const [index, name] of candidates.entries()) {
        void campaign(
          async (signal) => {
            running += 1;
            expect(running).to.equal(1);
            order.push(name);
            // The others stand in the queue before the first goes back to its end.
            if (order.length === 1) await waiters(2);
            if (order.length === 7) stopping.abort();
            if (!signal.aborted) await lock.inspect();
            running -= 1;
          },
          {},
          await engine.connect(),
        );
        await eventually(async () => {
          const state = await lock.inspect();
          return state.held && state.waiters >= index;
        });
      }
      await Promise.all(campaigns);
      expect(order.slice(0, 7)).to.deep.equal(['a', 'b', 'c', 'a', 'b', 'c', 'a']);
    });

    it('again and with a higher token when it returns, also when nobody else wants to', async () => {
      const tokens: number[] = [];
      await campaign(async (_signal, token) => {
        tokens.push(token);
        if (tokens.length === 3) stopping.abort();
      });
      expect(tokens).to.deep.equal([...new Set(tokens)].sort((a, b) => a - b));
      expect(tokens).to.have.length(3);
      expect(listeners()).to.equal(0);
    });

    it('so that a run of the same lock within it enters again', async () => {
      let inner: number | undefined;
      await campaign(async (_signal, token) => {
        inner = await lock.run(async (lease) => lease.token - token);
        stopping.abort();
      });
      expect(inner).to.equal(0);
    });
  });

  describe('when the work throws', () => {
    it('while it leads, hands on and rejects with that error', async () => {
      const error = new Error('broken');
      const leading = campaign(async () => {
        throw error;
      });
      expect(await rejectionOf(leading)).to.equal(error);
      expect((await lock.inspect()).held).to.equal(false);
      expect(heard).to.deep.equal([]);
      expect(listeners()).to.equal(0);
    });

    it('at once and not by its promise, does the same', async () => {
      const leading = campaign(() => {
        throw new Error('broken at once');
      });
      expect((await rejectionOf(leading)).message).to.equal('broken at once');
      expect((await lock.inspect()).held).to.equal(false);
    });

    it('after it was stopped, resolves, and tells what was not the stop itself', async () => {
      const error = new Error('while it cleaned up');
      for (const [thrown, told] of [
        [(signal: AbortSignal) => signal.reason, []],
        [({ reason }: AbortSignal) => new Error('stopped', { cause: reason }), []],
        [() => error, [error]],
      ] as const) {
        stopping = new AbortController();
        heard = [];
        await campaign(async (signal) => {
          stopping.abort();
          await untilAborted(signal);
          throw thrown(signal);
        });
        expect(heard).to.deep.equal(told);
        expect((await lock.inspect()).held).to.equal(false);
      }
    });
  });

  describe('when the leadership is lost', () => {
    it('aborts the signal, waits for the work, and is a candidate again', async () => {
      const finish = gate();
      const lost = gate<unknown>();
      const again = gate<number>();
      const tokens: number[] = [];
      void campaign(
        async (signal, token) => {
          tokens.push(token);
          if (tokens.length === 2) again.open(token);
          await untilAborted(signal);
          lost.open(signal.reason);
          await finish.opened;
        },
        { ttlSeconds: 0.6 },
      );
      await eventually(() => tokens.length === 1);
      await lock.forceRelease();
      expect(isLockNotHeldError(await lost.opened)).to.equal(true);
      // The work has not ended yet, so this process does not even queue up.
      await using other = await lock.acquire();
      expect((await lock.inspect()).waiters).to.equal(0);
      finish.open();
      await waiters(1);
      expect(heard.map(isLockNotHeldError)).to.deep.equal([true]);
      await other.release();
      expect(await again.opened).to.be.greaterThan(other.token);
    });

    it('what the work throws is a consequence, told to onError', async () => {
      const error = new Error('lost its connection, too');
      let terms = 0;
      const leading = campaign(
        async (signal) => {
          terms += 1;
          if (terms === 2) {
            stopping.abort();
            return;
          }
          await lock.forceRelease();
          await untilAborted(signal);
          throw error;
        },
        { ttlSeconds: 0.6 },
      );
      await leading;
      expect(terms).to.equal(2);
      expect(heard[0]).to.equal(error);
      expect(isLockNotHeldError(heard[1])).to.equal(true);
    });

    it('so it is when a write is fenced before the lease has learned of the loss', async () => {
      const value = new FencedValue(redis, 'a', { ttlSeconds: 60 });
      let terms = 0;
      await campaign(async (_signal, token) => {
        terms += 1;
        if (terms === 2) {
          stopping.abort();
          return;
        }
        await lock.forceRelease();
        await value.set('newer', token + 1);
        await value.set('late', token);
      });
      expect(terms).to.equal(2);
      expect(await value.get()).to.equal('newer');
      expect(heard.every(isLockNotHeldError)).to.equal(true);
      expect(heard).to.have.length(2);
    });
  });

  describe('when it is stopped', () => {
    it('before it began, does nothing', async () => {
      stopping.abort();
      await campaign(async () => expect.fail('led'));
      expect(await redis.keys(`${engine.namespace()}:*`)).to.deep.equal([]);
    });

    it('while it waits for its turn, leaves the queue', async () => {
      await using held = await lock.acquire();
      const leading = campaign(async () => expect.fail('led'));
      await waiters(1);
      stopping.abort();
      await leading;
      await waiters(0);
      expect(held.isHeld).to.equal(true);
      expect(listeners()).to.equal(0);
    });
  });

  it('ends when its client is closed, whether it waits or leads', async () => {
    const [leader, candidate] = [await engine.connect(), await engine.connect()];
    const led = gate();
    const reasons: unknown[] = [];
    const leading = campaign(
      async (signal) => {
        led.open();
        await untilAborted(signal);
        reasons.push(signal.reason);
      },
      {},
      leader,
    );
    await led.opened;
    const waiting = campaign(async () => expect.fail('led'), {}, candidate);
    await waiters(1);
    await candidate.quit();
    expect(isCacheUnavailableError(await rejectionOf(waiting))).to.equal(true);
    await leader.quit();
    expect(isCacheUnavailableError(await rejectionOf(leading))).to.equal(true);
    expect(reasons.map(isCacheUnavailableError)).to.deep.equal([true]);
    expect(listeners()).to.equal(0);
  });

  it('ends with what onError throws', async () => {
    const leading = campaign(() => lock.forceRelease().then(() => {}), {
      onError: (error) => {
        throw error;
      },
    });
    expect(isLockNotHeldError(await rejectionOf(leading))).to.equal(true);
    expect(listeners()).to.equal(0);
  });

  it('refuses what is malformed, before anything is sent', async () => {
    const { signal } = stopping;
    const work = async () => expect.fail('led');
    for (const [name, given, options, named] of [
      ['a', work, {}, 'signal'],
      ['a', work, undefined, 'signal'],
      ['a', work, { signal, onError: 'log' }, 'onError'],
      ['a', work, { signal, ttlSeconds: 0 }, 'ttlSeconds'],
      ['a', work, { signal, waitSeconds: 1 }, 'waitSeconds'],
      ['a', 'work', { signal }, 'work'],
      ['', work, { signal }, 'name'],
    ] as const) {
      const attempt = lead(redis, name, given as LeaderWork, options as LeadOptions);
      const error = await rejectionOf(attempt);
      expect(isQxCacheSettingsError(error), named).to.equal(true);
      expect(error.message).to.include(named);
    }
    expect(await redis.keys(`${engine.namespace()}:*`)).to.deep.equal([]);
  });
});
