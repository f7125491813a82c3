import type { LockLabel } from '../../diagnostics/index.js';
import type { RedisRunner } from '../../redis/redis-runner.js';
import { wakeChannel } from '../lock-keys.js';
import type { AcquireRequest, QueueCommands } from '../queue-commands.js';
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
  /** What nearly every script gets. */
  readonly #pool: ReturnType<typeof inputOf>;
  readonly #subject: string;

  constructor(runner: RedisRunner, namespace: string, pool: PermitPool, share: Share = 'one') {
    this.label = { name: pool.name, kind: kindOf(pool, share) };
    this.address = poolAddress(pool);
    this.mark = share === 'all' ? ALL : '';
    this.#runner = runner;
    this.#pool = inputOf(namespace, pool);
    this.#subject = `${pool.kind === 'semaphore' ? 'semaphore' : 'read-write lock'} "${pool.name}"`;
  }

  acquire(
    { id, ttlMs, mode, ticket }: AcquireRequest,
    onLateReply: (reply: AcquireReply) => void,
  ): Promise<AcquireReply> {
    const input = { ...this.#pool, id, ttl: ttlMs, mode, ticket: ticket ?? '' };
    return this.#runner.script(acquirePermitScript, input, this.#subject, onLateReply);
  }

  renew(id: string, ttlMs: number, onLateReply: (reply: RenewReply) => void): Promise<RenewReply> {
    const input = { ...this.#pool, id, ttl: ttlMs };
    return this.#runner.script(renewPermitScript, input, this.#subject, onLateReply);
  }

  release(id: string): Promise<ReleaseReply> {
    return this.#runner.script(releasePermitScript, { ...this.#pool, id }, this.#subject);
  }

  heartbeat(process: string, oldest: string): Promise<HeartbeatReply> {
    const input = { ...this.#pool, process, oldest };
    return this.#runner.script(permitHeartbeatScript, input, this.#subject);
  }

  forceRelease(id: string): Promise<boolean> {
    return this.#runner.script(forceReleasePermitsScript, { ...this.#pool, id }, this.#subject);
  }

  inspect(): Promise<PermitsReply> {
    return this.#runner.script(inspectPermitsScript, this.#pool, this.#subject);
  }

  giveBack(id: string, what: 'all' | 'grant' = 'all'): void {
    const input = { ...this.#pool, id, what };
    this.#runner.script(leavePermitScript, input, this.#subject).catch(() => undefined);
  }
}

function inputOf(namespace: string, pool: PermitPool) {
  return {
    ...permitKeys(namespace, pool.kind, pool.name),
    permits: pool.permits,
    wake: wakeChannel(namespace),
    address: poolAddress(pool),
  };
}

function kindOf({ kind }: PermitPool, share: Share): NonNullable<LockLabel['kind']> {
  if (kind === 'semaphore') return kind;
  return share === 'all' ? 'write' : 'read';
}
