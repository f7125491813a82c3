import type { LockLabel } from '../diagnostics/index.js';
import type { RedisRunner } from '../redis/redis-runner.js';
import { lockAddress, lockKeys, wakeChannel } from './lock-keys.js';
import type { AcquireRequest, QueueCommands } from './queue/queue-commands.js';
import { type AcquireReply, acquireScript } from './scripts/acquire.js';
import { forceReleaseScript } from './scripts/force-release.js';
import { type HeartbeatReply, heartbeatScript } from './scripts/heartbeat.js';
import { type InspectReply, inspectScript } from './scripts/inspect.js';
import { leaveScript } from './scripts/leave.js';
import { type ReleaseReply, releaseScript } from './scripts/release.js';
import { type RenewReply, renewScript } from './scripts/renew.js';

/** The scripts of one lock. */
export class LockCommands implements QueueCommands {
  readonly label: LockLabel;
  readonly address: string;
  readonly mark = '';
  readonly #runner: RedisRunner;
  readonly #lock: ReturnType<typeof targetOf>;

  constructor(runner: RedisRunner, namespace: string, name: string) {
    this.label = { name };
    this.address = lockAddress(name);
    this.#runner = runner;
    this.#lock = targetOf(namespace, name);
  }

  acquire(
    { id, ttlMs, mode, ticket }: AcquireRequest,
    onLateReply: (reply: AcquireReply) => void,
  ): Promise<AcquireReply> {
    const values = { id, ttl: ttlMs, mode, ticket: ticket ?? '' };
    return this.#runner.scriptOn(this.#lock, acquireScript, values, onLateReply);
  }

  renew(id: string, ttlMs: number, onLateReply: (reply: RenewReply) => void): Promise<RenewReply> {
    const values = { id, ttl: ttlMs };
    const renewing = this.#runner.scriptOn(this.#lock, renewScript, values, onLateReply);
    // At once: what runs next may be work of the user, which can take long.
    this.#runner.flush();
    return renewing;
  }

  release(id: string): Promise<ReleaseReply> {
    return this.#runner.scriptOn(this.#lock, releaseScript, { id });
  }

  heartbeat(process: string, oldest: string): Promise<HeartbeatReply> {
    return this.#runner.scriptOn(this.#lock, heartbeatScript, { process, oldest });
  }

  forceRelease(id: string): Promise<boolean> {
    return this.#runner.scriptOn(this.#lock, forceReleaseScript, { id });
  }

  inspect(): Promise<InspectReply> {
    return this.#runner.scriptOn(this.#lock, inspectScript, {});
  }

  giveBack(id: string, what: 'all' | 'grant' = 'all'): void {
    this.#runner.scriptOn(this.#lock, leaveScript, { id, what }).catch(() => undefined);
  }
}

/** What every script of a lock gets. */
function targetOf(namespace: string, name: string) {
  const values = {
    ...lockKeys(namespace, name),
    wake: wakeChannel(namespace),
    address: lockAddress(name),
  };
  return { values, subject: `lock "${name}"` };
}
