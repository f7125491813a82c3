import { expect } from 'chai';
import { type Held, releaseHolders } from '../../src/cli/locks/release-holders.js';
import { DistributedLock, type Lease, Semaphore } from '../../src/index.js';
import { RedisRunner } from '../../src/redis/redis-runner.js';
import { resolveSettings } from '../../src/settings/cache-settings.js';
import { type Engine, onEachRedis } from '../support/engines.js';
import { eventually } from '../support/eventually.js';

onEachRedis('A lock that an operator takes from its holders', (engine) => {
  let redis: Awaited<ReturnType<Engine['connect']>>;

  beforeEach(async () => {
    redis = await engine.connect();
  });

  const release = (kind: Held['kind'], id: string, ...tokens: number[]) => {
    const settings = resolveSettings({ url: engine.url(), namespace: engine.namespace() });
    const session = { redis, settings, runner: new RedisRunner(redis, 5) };
    return releaseHolders(session, { kind, name: 'tea', permits: 2, tokens }, id);
  };

  /** Whether the lease is still one; renewing tells what Redis knows. */
  const isKept = (lease: Lease) =>
    lease.renew().then(
      () => true,
      () => false,
    );

  it('is taken from no other, also when that is asked for twice', async () => {
    const lock = new DistributedLock(redis, 'tea', { waitSeconds: 10 });
    const lease = await lock.acquire();
    const [second, third] = [lock.acquire(), lock.acquire()];
    await eventually(async () => (await lock.inspect()).waiters === 2);
    expect(await release('lock', 'x:1', lease.token - 1, lease.token + 1)).to.equal(false);
    expect(await isKept(lease)).to.equal(true);

    for (const _ of [1, 2]) {
      expect(await release('lock', 'x:2', lease.token - 1, lease.token)).to.equal(true);
    }
    expect(await isKept(lease)).to.equal(false);
    expect(await release('lock', 'x:3', lease.token)).to.equal(false);
    const next = await second;
    expect(await isKept(next)).to.equal(true);

    await next.release();
    await (await third).release();
    expect(await release('lock', 'x:4', next.token)).to.equal(false);
  });

  it('leaves the permits of others alone', async () => {
    const semaphore = new Semaphore(redis, 'tea', { permits: 2, waitSeconds: 10 });
    const [one, two] = [await semaphore.acquire(), await semaphore.acquire()];
    const waiting = semaphore.acquire();
    await eventually(async () => (await semaphore.inspect()).waiters === 1);
    expect(await release('semaphore', 'x:1', one.token - 1)).to.equal(false);
    for (const _ of [1, 2]) {
      expect(await release('semaphore', 'x:2', one.token, one.token - 1)).to.equal(true);
    }
    expect(await isKept(one)).to.equal(false);
    for (const lease of [two, await waiting]) expect(await isKept(lease)).to.equal(true);
  });
});
