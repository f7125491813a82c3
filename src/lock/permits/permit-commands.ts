import type { LockLabel } from '../../diagnostics/index.js';
import type { RedisRunner } from '../../redis/redis-runner.js';
import { wakeChannel } from '../lock-keys.js';
import type { AcquireRequest, QueueCommands } from '../queue/queue-commands.js';
import type { AcquireReply } from '../scripts/acquire.js';
import type { HeartbeatReply } from '../scripts/heartbeat.js';
import type { ReleaseReply } from '../scripts/release.js';
import type { RenewReply } from '../scripts/renew.js';
import { permitKeys } from './permit-keys.js';
import { type PermitPool, poolAddress } from './permit-pool.js';
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

/** The scripts of one pool, for those who take the same share of it. */
export class PermitCommands implements QueueCommands {
  readonly label: LockLabel;
  readonly address: string;
  readonly mark: string;
  readonly #runner: RedisRunner;
  readonly #pool: ReturnType<typeof targetOf>;

  constructor(runner: RedisRunner, namespace: string, pool: PermitPool, share: Share = 'one') {
    this.label = { name: pool.name, kind: kindOf(pool, share) };
    this.address = poolAddress(pool);
    this.mark = share === 'all' ? ALL : '';
    this.#runner = runner;
    this.#pool = targetOf(namespace, pool);
  }

  acquire(
    { id, ttlMs, mode, ticket }: AcquireRequest,
    onLateReply: (reply: AcquireReply) => void,
  ): Promise<AcquireReply> {
    const values = { id, ttl: ttlMs, mode, ticket: ticket ?? '' };
    return this.#runner.scriptOn(this.#pool, acquirePermitScript, values, onLateReply);
  }

  renew(id: string, ttlMs: number, onLateReply: (reply: RenewReply) => void): Promise<RenewReply> {
    const values = { id, ttl: ttlMs };
    const renewing = this.#runner.scriptOn(this.#pool, renewPermitScript, values, onLateReply);
    // At once: what runs next may be work of the user, which can take long.
    this.#runner.flush();
    return renewing;
  }

  release(id: string): Promise<ReleaseReply> {
    return this.#runner.scriptOn(this.#pool, releasePermitScript, { id });
  }

  heartbeat(process: string, oldest: string): Promise<HeartbeatReply> {
    return this.#runner.scriptOn(this.#pool, permitHeartbeatScript, { process, oldest });
  }

  forceRelease(id: string): Promise<boolean> {
    return this.#runner.scriptOn(this.#pool, forceReleasePermitsScript, { id });
  }

  inspect(): Promise<PermitsReply> {
    return this.#runner.scriptOn(this.#pool, inspectPermitsScript, {});
  }

  giveBack(id: string, what: 'all' | 'grant' = 'all'): void {
    this.#runner.scriptOn(this.#pool, leavePermitScript, { id, what }).catch(() => undefined);
  }
}

/** What every script of a pool gets. */
function targetOf(namespace: string, pool: PermitPool) {
  const values = {
    ...permitKeys(namespace, pool.kind, pool.name),
    permits: pool.permits,
    wake: wakeChannel(namespace),
    address: poolAddress(pool),
  };
  const kind = pool.kind === 'semaphore' ? 'semaphore' : 'read-write lock';
  return { values, subject: `${kind} "${pool.name}"` };
}

function kindOf({ kind }: PermitPool, share: Share): NonNullable<LockLabel['kind']> {
  if (kind === 'semaphore') return kind;
  return share === 'all' ? 'write' : 'read';
}
