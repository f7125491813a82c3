import { randomUUID } from 'node:crypto';
import { keysOf } from '../../cache/entry-gateway.js';
import { Cache } from '../../cache/index.js';
import { IdempotencyStore } from '../../idempotency/index.js';
import { DistributedLock, FencedValue, ReadWriteLock, Semaphore } from '../../lock/index.js';
import { lockKeys } from '../../lock/lock-keys.js';
import { permitKeys } from '../../lock/permits/permit-keys.js';
import { redisKey } from '../../redis/key-space.js';
import type { Session } from '../session.js';
import { type Finding, ok, problem, type SessionCheck } from './finding.js';

/** A round of all that one part of the library does, on a key of its own. */
type Probe = (session: Session, name: string) => Promise<unknown>;

const probes: Readonly<Record<string, Probe>> = {
  async idempotency({ redis }, name) {
    const store = new IdempotencyStore(redis, { ttlSeconds: 60, leaseSeconds: 5 });
    await store.run(name, async (claim) => {
      await claim.renew();
      return claim.step('probe', async () => 1);
    });
    await store.get(name);
    await store.inspect(name);
    await store.delete(name);
    const claimed = await store.claim(name);
    if (claimed.status === 'claimed') await claimed.claim.abandon();
  },
  async locks({ redis }, name) {
    const options = { ttlSeconds: 5, waitSeconds: 5 };
    const lock = new DistributedLock(redis, name, options);
    const lease = await lock.acquire();
    const next = lock.acquire();
    next.catch(() => {});
    await lease.renew();
    await lease.release();
    await (await next).release();
    await lock.inspect();
    await lock.forceRelease();
  },
  async semaphores({ redis }, name) {
    const options = { ttlSeconds: 5, permits: 1 };
    const semaphore = new Semaphore(redis, name, options);
    await semaphore.run((lease) => lease.renew());
    await semaphore.inspect();
  },
  async 'read-write locks'({ redis }, name) {
    await new ReadWriteLock(redis, name, { ttlSeconds: 5 }).runWrite((lease) => lease.renew());
  },
  async cache({ redis }, name) {
    const cache = new Cache(redis);
    await cache.set(name, 1, { ttlSeconds: 5 });
    await cache.getMany([name]);
    await cache.ttl(name);
    await cache.delete(name);
    await cache.getOrSet(name, async () => 1, { ttlSeconds: 5, staleSeconds: 5 });
    await cache.exists(name);
    await cache.delete(name);
  },
  async 'fenced values'({ redis }, name) {
    const value = new FencedValue(redis, name, { ttlSeconds: 5 });
    await value.set(1, 1);
    await value.get();
    await value.delete(2);
  },
};

/** The key of a visit: nobody else has it, and all that lies under it shares a slot. */
export function probeName(): string {
  return `qx-cache-doctor:${randomUUID()}`;
}

/** Removes at once all that a visit left; it would expire within a day. */
async function cleanUp({ redis, settings }: Session, name: string): Promise<void> {
  const { namespace } = settings;
  const { channel: _, ...cacheKeys } = keysOf(namespace, name);
  const fenced = redisKey(namespace, 'lock', name, 'value');
  const keys = [
    redisKey(namespace, 'idempotency', name),
    ...[lockKeys(namespace, name), permitKeys(namespace, 'semaphore', name)].flatMap(Object.values),
    ...Object.values(permitKeys(namespace, 'read-write', name)),
    ...Object.values(cacheKeys),
    ...[fenced, `${fenced}:receipts`],
  ];
  await redis.del(...keys).catch(() => {});
}

/** Runs every script for real: nothing else shows that they are allowed, and go well. */
export const checkRights: SessionCheck = async (session) => {
  const name = probeName();
  const startedAt = performance.now();
  const failures: Finding[] = [];
  try {
    for (const [part, probe] of Object.entries(probes)) {
      await probe(session, name).catch((error: Error) => {
        failures.push(problem('scripts', `${part}: ${error.message}`, adviceFor(error)));
      });
    }
  } finally {
    await cleanUp(session, name);
  }
  if (failures.length > 0) return failures;
  const tookMs = Math.round(performance.now() - startedAt);
  return [ok('scripts', `${Object.keys(probes).join(', ')}: all ran, in ${tookMs} ms`)];
};

function adviceFor({ message }: Error): string {
  return /NOPERM|can't run this command|can't access/.test(message)
    ? 'Give the user the rights in docs/acl/qx-cache.acl, or qx-cache-cluster.acl for a cluster. ACL LOG tells an administrator what was missing.'
    : 'Look at the log of the server. A proxy or a managed service may not allow what scripts need.';
}
