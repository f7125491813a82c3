import { getEventListeners, once } from 'node:events';
import { expect } from 'chai';
import type { LockEvent } from '../../src/diagnostics/index.js';
import {
  isCacheSerializationError,
  isCacheUnavailableError,
  isLockNotHeldError,
} from '../../src/errors/index.js';
import { DistributedLock, type LeaderWork, type LeadOptions, lead } from '../../src/lock/index.js';
import { acquireScript } from '../../src/lock/scripts/acquire.js';
import { releaseScript } from '../../src/lock/scripts/release.js';
import { createClient } from '../../src/redis/create-client.js';
import { type FaultProxy, startFaultProxy } from '../../src/testing/index.js';
import { type Engine, onRealRedis } from '../support/engines.js';
import { eventually } from '../support/eventually.js';
import { recordEvents } from '../support/recorded-events.js';
import { type RedisServer, startRedisServer } from '../support/redis-server.js';
import { rejectionOf } from '../support/rejection.js';
import { callsOf } from '../support/script-calls.js';

onRealRedis('lead when Redis is away', (engine) => {
  const events = recordEvents<LockEvent>('qx-cache:lock');
  let proxy: FaultProxy;
  let redis: Awaited<ReturnType<Engine['connect']>>;
  /** Past the proxy. */
  let lock: DistributedLock;
  let stopping: AbortController;
  let heard: unknown[];
  let tokens: number[];

  beforeEach(async () => {
    proxy = await startFaultProxy({ target: engine.url() });
    redis = await engine.connect({ url: proxy.url, commandTimeoutSeconds: 0.3 });
    lock = new DistributedLock(await engine.connect(), 'a', { waitSeconds: 20 });
    stopping = new AbortController();
    heard = [];
    tokens = [];
  });

  afterEach(async () => {
    stopping.abort();
    await proxy.close();
  });

  const untilStopped: LeaderWork = async (signal, token) => {
    tokens.push(token);
    if (!signal.aborted) await once(signal, 'abort');
  };

  function campaign(work = untilStopped, options: Partial<LeadOptions> = {}): Promise<void> {
    const onError = (error: unknown) => void heard.push(error);
    return lead(redis, 'a', work, { signal: stopping.signal, onError, ...options });
  }

  const led = (times: number) => eventually(() => tokens.length === times, { withinSeconds: 20 });
  const renewals = () => events.filter(({ event }) => event === 'renewed').length;
  const listeners = () => getEventListeners(stopping.signal, 'abort');

  it('goes on trying, and leads when it is back', async () => {
    proxy.blackhole();
    const leading = campaign();
    await eventually(() => heard.length >= 3, { withinSeconds: 20 });
    expect(heard.every(isCacheUnavailableError)).to.equal(true);
    expect(tokens).to.deep.equal([]);
    proxy.heal();
    await led(1);
    stopping.abort();
    await leading;
    expect(listeners()).to.deep.equal([]);
  });

  it('while it leads, for longer than its lease, it leaves, and leads again afterwards', async () => {
    const leading = campaign(untilStopped, { ttlSeconds: 1 });
    await led(1);
    proxy.blackhole();
    const other = await lock.acquire();
    expect(other.token).to.be.greaterThan(tokens[0] ?? 0);
    await eventually(() => heard.some(isLockNotHeldError));
    await eventually(() => heard.some(isCacheUnavailableError));
    proxy.heal();
    await eventually(async () => (await lock.inspect()).waiters === 1, { withinSeconds: 20 });
    await other.release();
    await led(2);
    expect(tokens[1]).to.be.greaterThan(other.token);
    stopping.abort();
    await leading;
    expect(listeners()).to.deep.equal([]);
  });

  it('while it leads, for less than its lease, it leads on', async () => {
    const leading = campaign(untilStopped, { ttlSeconds: 3 });
    await led(1);
    proxy.blackhole();
    const failed = rejectionOf(new DistributedLock(redis, 'a').inspect());
    expect(isCacheUnavailableError(await failed)).to.equal(true);
    proxy.heal();
    const before = renewals();
    await eventually(() => renewals() > before);
    expect((await lock.inspect()).token).to.equal(tokens[0]);
    stopping.abort();
    await leading;
    expect(tokens).to.have.length(1);
    expect(heard).to.deep.equal([]);
  });

  it('while it waits in the queue, it still gets its turn', async () => {
    const held = await lock.acquire();
    const leading = campaign();
    await eventually(async () => (await lock.inspect()).waiters === 1);
    proxy.blackhole();
    // Its process counts as dead now.
    await eventually(async () => (await lock.inspect()).waiters === 0);
    await held.release();
    proxy.heal();
    await led(1);
    stopping.abort();
    await leading;
  });

  it('can be stopped between two attempts, at once', async () => {
    proxy.blackhole();
    const leading = campaign();
    await eventually(() => heard.length === 1);
    stopping.abort();
    await leading;
    expect(heard).to.have.length(1);
    expect(listeners()).to.deep.equal([]);
  });

  it('can be stopped while it leads: that it could not release is told, its lease ends', async () => {
    const leading = campaign(untilStopped, { ttlSeconds: 1 });
    await led(1);
    proxy.blackhole();
    stopping.abort();
    await leading;
    expect(heard.map(isCacheUnavailableError)).to.deep.equal([true]);
    await (await lock.acquire()).release();
  });

  it('when the work throws, rejects with its error, which carries that of the release', async () => {
    const error = new Error('broken');
    const leading = campaign(async () => {
      proxy.blackhole();
      throw error;
    });
    expect(await rejectionOf(leading)).to.equal(error);
    expect(isCacheUnavailableError(error.cause)).to.equal(true);
    expect(heard).to.deep.equal([]);
  });

  it('for a moment, so that replies get lost, leads once and releases once', async () => {
    const acquired = proxy.loseReply(callsOf(acquireScript));
    const leading = campaign();
    await acquired;
    await led(1);
    const released = proxy.loseReply(callsOf(releaseScript));
    stopping.abort();
    await released;
    await leading;
    expect(tokens).to.have.length(1);
    expect(heard).to.deep.equal([]);
    expect((await lock.inspect()).held).to.equal(false);
  });

  it('for good, as its client was closed before, rejects', async () => {
    await redis.quit();
    expect(isCacheUnavailableError(await rejectionOf(campaign()))).to.equal(true);
    expect(listeners()).to.deep.equal([]);
  });

  it('is not mistaken for a key that something else writes to: that ends it', async () => {
    await redis.set(`${engine.namespace()}:lock:{a}`, 'x', 'EX', 60);
    expect(isCacheSerializationError(await rejectionOf(campaign()))).to.equal(true);
    expect(listeners()).to.deep.equal([]);
  });
});

describe('lead when Redis is down', () => {
  let server: RedisServer;
  let redis: Awaited<ReturnType<typeof createClient>>;
  let stopping: AbortController;
  let heard: unknown[];
  let tokens: number[];

  beforeEach(async () => {
    server = await startRedisServer();
    redis = await createClient({ url: server.url, commandTimeoutSeconds: 0.3 });
    stopping = new AbortController();
    heard = [];
    tokens = [];
  });

  afterEach(async () => {
    stopping.abort();
    redis.disconnect();
    await server.stop();
  });

  function campaign(ttlSeconds: number): Promise<void> {
    const work: LeaderWork = async (signal, token) => {
      tokens.push(token);
      if (!signal.aborted) await once(signal, 'abort');
    };
    const onError = (error: unknown) => void heard.push(error);
    return lead(redis, 'a', work, { signal: stopping.signal, onError, ttlSeconds });
  }

  const failures = (count: number) =>
    eventually(() => heard.filter(isCacheUnavailableError).length >= count, { withinSeconds: 20 });
  const led = (times: number) => eventually(() => tokens.length === times, { withinSeconds: 20 });

  it('and comes back empty, leads again with a higher token', async () => {
    const leading = campaign(1);
    await led(1);
    await server.kill();
    await failures(2);
    await server.restart();
    await led(2);
    expect(tokens[1]).to.be.greaterThan(tokens[0] ?? 0);
    stopping.abort();
    await leading;
  });

  it('and comes back empty while it waits, leads', async () => {
    const other = await createClient(server.url);
    const lock = new DistributedLock(other, 'a');
    await lock.acquire();
    const leading = campaign(1);
    await eventually(async () => (await lock.inspect()).waiters === 1);
    other.disconnect();
    await server.restart();
    await led(1);
    stopping.abort();
    await leading;
  });
});
