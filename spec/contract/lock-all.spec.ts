import { expect } from 'chai';
import {
  isLockNotHeldError,
  isLockTimeoutError,
  type LockTimeoutError,
} from '../../src/errors/index.js';
import { type AcquireAllOptions, acquireAll, DistributedLock } from '../../src/lock/index.js';
import { type Engine, onEachRedis } from '../support/engines.js';
import { eventually } from '../support/eventually.js';
import { rejectionOf } from '../support/rejection.js';

onEachRedis('acquireAll', (engine) => {
  let redis: Awaited<ReturnType<Engine['connect']>>;

  beforeEach(async () => {
    redis = await engine.connect();
  });

  const all = (names: string[], options?: AcquireAllOptions) => acquireAll(redis, names, options);
  const lock = (name: string) => new DistributedLock(redis, name);
  const isHeld = async (name: string) => (await lock(name).inspect()).held;

  it('holds all of them, each once, sorted', async () => {
    const lease = await all(['b', 'c', 'a', 'b']);
    expect([...lease.leases.keys()]).to.deep.equal(['a', 'b', 'c']);
    expect(lease.name).to.equal('a, b, c');
    expect(lease.token).to.equal(lease.leases.get('a')?.token);
    expect(lease.isHeld).to.equal(true);
    for (const name of ['a', 'b', 'c']) expect(await isHeld(name)).to.equal(true);
    await lease.release();
    expect(lease.isHeld).to.equal(false);
    for (const name of ['a', 'b', 'c']) expect(await isHeld(name)).to.equal(false);
    expect(isLockNotHeldError(await rejectionOf(lease.release()))).to.equal(true);
  });

  it('holds none when one of them is not free in time, which is shared by all', async () => {
    const held = await lock('b').acquire();
    const error = await rejectionOf(all(['c', 'b', 'a'], { waitSeconds: 0.1 }));
    expect(isLockTimeoutError(error)).to.equal(true);
    expect((error as LockTimeoutError).waitSeconds).to.equal(0.1);
    expect((error as LockTimeoutError).lockName).to.equal('b');
    expect(await isHeld('a')).to.equal(false);
    expect(await isHeld('c')).to.equal(false);
    expect(isLockTimeoutError(await rejectionOf(all(['a', 'b'], { waitSeconds: 0 })))).to.equal(
      true,
    );
    await held.release();
  });

  it('holds none when the signal aborts', async () => {
    const held = await lock('b').acquire();
    const controller = new AbortController();
    const aborted = rejectionOf(all(['a', 'b'], { signal: controller.signal }));
    await eventually(async () => (await lock('b').inspect()).waiters === 1);
    controller.abort();
    expect((await aborted).name).to.equal('AbortError');
    expect(await isHeld('a')).to.equal(false);
    await held.release();
  });

  it('holds none when one was lost before the last was had', async () => {
    const held = await lock('b').acquire();
    const acquiring = rejectionOf(all(['a', 'b'], { ttlSeconds: 0.4, renew: false }));
    await eventually(async () => (await lock('b').inspect()).waiters === 1);
    await (await lock('a').acquire()).release();
    await held.release();
    expect(isLockNotHeldError(await acquiring)).to.equal(true);
    expect(await isHeld('b')).to.equal(false);
  });

  it('does not deadlock with opposite orders', async () => {
    const work = async (names: string[]) => {
      await using lease = await all(names, { waitSeconds: 20 });
      expect(lease.isHeld).to.equal(true);
    };
    const rounds = Array.from({ length: 10 }, (_, i) => work(i % 2 ? ['a', 'b'] : ['b', 'a']));
    await Promise.all(rounds);
  });

  it('is renewed and lost as one', async () => {
    const lease = await all(['a', 'b'], { renew: false, ttlSeconds: 5 });
    const { signal } = lease;
    await lease.renew(60);
    for (const name of ['a', 'b']) {
      expect((await lock(name).inspect()).expiresInSeconds).to.be.greaterThan(30);
    }
    await lock('b').forceRelease();
    expect(isLockNotHeldError(await rejectionOf(lease.renew()))).to.equal(true);
    expect(lease.isHeld).to.equal(false);
    expect(signal.aborted).to.equal(true);
    expect(isLockNotHeldError(signal.reason)).to.equal(true);
    // What is left of it is released all the same.
    expect(isLockNotHeldError(await rejectionOf(lease.release()))).to.equal(true);
    expect(await isHeld('a')).to.equal(false);
    await lease[Symbol.asyncDispose]();
  });
});
