import type { Cluster, Redis } from 'ioredis';
import { Cache, DistributedLock, IdempotencyStore } from '../../src/index.js';
import { claimOf, endLease, openRun } from '../support/claims.js';
import type { Engine } from '../support/engines.js';
import { rejectionOf } from '../support/rejection.js';

/** A claim passes on from one who is dead, to one who loses it. */
export async function loseClaim(
  engine: Engine,
  redis: Redis | Cluster,
  store: IdempotencyStore,
): Promise<void> {
  await claimOf(store, 'dead');
  await endLease(redis, engine, 'dead');
  const claim = await claimOf(store, 'dead');
  await store.delete('dead');
  await rejectionOf(claim.complete(1));
}

/** A lease of a lock is renewed, waited for in vain, and lost. */
export async function loseLease(redis: Redis | Cluster): Promise<void> {
  const lock = new DistributedLock(redis, 'a');
  const lease = await lock.acquire();
  await lease.renew();
  await rejectionOf(lock.acquire({ waitSeconds: 0 }));
  await lock.forceRelease();
  await rejectionOf(lease.release());
}

/** Lets all that telemetry tells of happen at least once. */
export async function doEverything(engine: Engine): Promise<void> {
  const redis = await engine.connect();
  const store = new IdempotencyStore(redis);
  const run = openRun<number>(store, 'key', { fingerprint: 1 });
  await run.started;
  const waiting = store.run('key', async () => 2);
  run.finish(1);
  await Promise.all([run.outcome, waiting]);
  await rejectionOf(store.run('key', async () => 3, { fingerprint: 2 }));
  await loseClaim(engine, redis, store);
  await rejectionOf(store.run('fails', () => Promise.reject(new Error())));
  await store.run('unstorable', async () => () => {});

  await loseLease(redis);

  const cache = new Cache(redis);
  const load = async () => 1;
  await cache.getOrSet('a', load, { ttlSeconds: 60 });
  await cache.getOrSet('a', load, { ttlSeconds: 60 });
  await rejectionOf(cache.getOrSet('b', () => Promise.reject(new Error()), { ttlSeconds: 60 }));

  const away = await engine.connect();
  away.disconnect();
  await rejectionOf(new IdempotencyStore(away).run('key', load));
}
