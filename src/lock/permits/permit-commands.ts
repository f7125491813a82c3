import type { LockLabel } from '../../diagnostics/index.js';
import type { RedisClient } from '../../redis/redis-client.js';
import { wakeChannel } from '../lock-keys.js';
import type { QueueKind, QueueWiring } from '../queue/queue-kind.js';
import { ScriptedQueue } from '../queue/scripted-queue.js';
import { permitKeys } from './permit-keys.js';
import { type PermitPool, poolAddress, poolAt } from './permit-pool.js';
import { acquirePermitScript } from './scripts/acquire.js';
import { forceReleasePermitsScript } from './scripts/force-release.js';
import { permitHeartbeatScript } from './scripts/heartbeat.js';
import { inspectPermitsScript, type PermitsReply } from './scripts/inspect.js';
import { leavePermitScript } from './scripts/leave.js';
import { ALL } from './scripts/permit-state.js';
import { releasePermitScript } from './scripts/release.js';
import { renewPermitScript } from './scripts/renew.js';

/** How much of a pool an acquisition takes. */
export type Share = 'one' | 'all';

const scripts = {
  acquire: acquirePermitScript,
  renew: renewPermitScript,
  release: releasePermitScript,
  forceRelease: forceReleasePermitsScript,
  heartbeat: permitHeartbeatScript,
  inspect: inspectPermitsScript,
  leave: leavePermitScript,
};

interface SharedPool {
  readonly pool: PermitPool;
  readonly share: Share;
}

/** The scripts of one pool, for those who take the same share of it. */
export class PermitCommands extends ScriptedQueue<ReturnType<typeof poolValues>, PermitsReply> {
  constructor({ runner, namespace }: QueueWiring, { pool, share }: SharedPool) {
    const values = poolValues(runner.redis, namespace, pool);
    const subject = `${pool.kind === 'semaphore' ? 'semaphore' : 'read-write lock'} "${pool.name}"`;
    const identity = {
      label: { name: pool.name, kind: kindOf(pool, share) },
      address: values.address,
      wake: values.wake,
      mark: share === 'all' ? ALL : '',
      target: { values, subject },
    };
    super(runner, identity, scripts);
  }
}

/** Pools of permits, and how much of them is taken. */
export const permitQueues: QueueKind<SharedPool, PermitCommands> = {
  commands: (wiring, subject) => new PermitCommands(wiring, subject),
  subjectAt(address) {
    const pool = poolAt(address);
    return pool && { pool, share: 'one' };
  },
};

/** What every script of a pool gets. */
export function poolValues(redis: RedisClient, namespace: string, pool: PermitPool) {
  return {
    ...permitKeys(namespace, pool.kind, pool.name),
    permits: pool.permits,
    wake: wakeChannel(redis, namespace, pool.name),
    address: poolAddress(pool),
  };
}

function kindOf({ kind }: PermitPool, share: Share): NonNullable<LockLabel['kind']> {
  if (kind === 'semaphore') return kind;
  return share === 'all' ? 'write' : 'read';
}
