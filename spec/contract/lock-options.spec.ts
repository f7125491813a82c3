import { expect } from 'chai';
import { isQxCacheSettingsError } from '../../src/errors/index.js';
import { acquireAll, DistributedLock } from '../../src/lock/index.js';
import { onEachRedis } from '../support/engines.js';
import { rejectionOf, thrownBy } from '../support/rejection.js';

onEachRedis('Options of a lock', (engine) => {
  type Options = ConstructorParameters<typeof DistributedLock>[2];

  it('are checked when it is made, and named', async () => {
    const redis = await engine.connect();
    const bad: [object, string][] = [
      [{ ttlSeconds: 0 }, 'ttlSeconds'],
      [{ ttlSeconds: Number.NaN }, 'ttlSeconds'],
      [{ ttlSeconds: Number.POSITIVE_INFINITY }, 'ttlSeconds'],
      [{ ttlSeconds: '30' }, 'ttlSeconds'],
      [{ waitSeconds: -1 }, 'waitSeconds'],
      [{ renew: 'yes' }, 'renew'],
      [{ maxHoldSeconds: 0 }, 'maxHoldSeconds'],
      [{ namespace: 'a{b' }, 'namespace'],
      [{ ttl: 30 }, 'ttl'],
      [{ ttlSeconds: -1, waitSeconds: -1 }, 'waitSeconds'],
    ];
    for (const [options, named] of bad) {
      const error = thrownBy(() => new DistributedLock(redis, 'a', options as Options));
      expect(isQxCacheSettingsError(error), JSON.stringify(options)).to.equal(true);
      expect(error.message).to.include(named);
    }
  });

  it('can be undefined', async () => {
    const redis = await engine.connect();
    const lock = new DistributedLock(redis, 'a', { ttlSeconds: undefined, namespace: undefined });
    const lease = await lock.acquire({ waitSeconds: undefined, signal: undefined });
    await lease.release();
  });

  it('include a name that is text of 1 to 1024 bytes', async () => {
    const redis = await engine.connect();
    for (const name of ['', 'x'.repeat(1025), 'ü'.repeat(513), '\ud800', 7, null, undefined]) {
      const error = thrownBy(() => new DistributedLock(redis, name as string));
      expect(isQxCacheSettingsError(error), String(name)).to.equal(true);
      expect(error.message).to.match(/name/);
      const ofAll = await rejectionOf(acquireAll(redis, ['a', name as string]));
      expect(isQxCacheSettingsError(ofAll)).to.equal(true);
    }
    new DistributedLock(redis, 'x'.repeat(1024));
  });

  it('are checked in each call, before anything is sent', async () => {
    const redis = await engine.connect();
    const lock = new DistributedLock(redis, 'a');
    const lease = await lock.acquire();
    for (const attempt of [
      lock.acquire({ waitSeconds: -1 }),
      lock.acquire({ signal: {} as AbortSignal }),
      lock.acquire({ wait: 1 } as object),
      lock.run(async () => 1, { waitSeconds: Number.NaN }),
      lease.renew(0),
      acquireAll(redis, []),
      acquireAll(redis, 'ab' as unknown as string[]),
      acquireAll(redis, ['b'], { ttlSeconds: 0 }),
    ]) {
      expect(isQxCacheSettingsError(await rejectionOf(attempt))).to.equal(true);
    }
    expect((await lock.inspect()).waiters).to.equal(0);
    expect(lease.isHeld).to.equal(true);
    await lease.release();
  });

  it('win over the namespace of the client', async () => {
    const redis = await engine.connect();
    const namespace = `${engine.namespace()}-other`;
    const lock = new DistributedLock(redis, 'a', { namespace });
    await using lease = await new DistributedLock(redis, 'a').acquire();
    expect(lease.isHeld).to.equal(true);
    expect((await lock.inspect()).held).to.equal(false);
    await (await lock.acquire()).release();
    expect(await redis.exists(`${namespace}:lock:{a}`)).to.equal(1);
  });
});
