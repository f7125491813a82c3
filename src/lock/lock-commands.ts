import type { LockLabel } from '../diagnostics/index.js';
import type { RedisRunner } from '../redis/redis-runner.js';
import { type LockKeys, lockAddress, lockKeys, wakeChannel } from './lock-keys.js';
import type { AcquireRequest, QueueCommands } from './queue-commands.js';
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
  readonly #keys: LockKeys;
  readonly #wake: { readonly wake: string; readonly address: string };
  readonly #subject: string;

  constructor(runner: RedisRunner, namespace: string, name: string) {
    this.label = { name };
    this.address = lockAddress(name);
    this.#runner = runner;
    this.#keys = lockKeys(namespace, name);
    this.#wake = { wake: wakeChannel(namespace), address: this.address };
    this.#subject = `lock "${name}"`;
  }

  acquire(
    { id, ttlMs, mode, ticket }: AcquireRequest,
    onLateReply: (reply: AcquireReply) => void,
  ): Promise<AcquireReply> {
    const input = { ...this.#keys, ...this.#wake, id, ttl: ttlMs, mode, ticket: ticket ?? '' };
    return this.#runner.script(acquireScript, input, this.#subject, onLateReply);
  }

  renew(id: string, ttlMs: number, onLateReply: (reply: RenewReply) => void): Promise<RenewReply> {
    const input = { ...this.#keys, id, ttl: ttlMs };
    return this.#runner.script(renewScript, input, this.#subject, onLateReply);
  }

  release(id: string): Promise<ReleaseReply> {
    const input = { ...this.#keys, ...this.#wake, id };
    return this.#runner.script(releaseScript, input, this.#subject);
  }

  heartbeat(process: string, oldest: string): Promise<HeartbeatReply> {
    const input = { ...this.#keys, ...this.#wake, process, oldest };
    return this.#runner.script(heartbeatScript, input, this.#subject);
  }

  forceRelease(id: string): Promise<boolean> {
    const input = { ...this.#keys, ...this.#wake, id };
    return this.#runner.script(forceReleaseScript, input, this.#subject);
  }

  inspect(): Promise<InspectReply> {
    return this.#runner.script(inspectScript, this.#keys, this.#subject);
  }

  giveBack(id: string, what: 'all' | 'grant' = 'all'): void {
    const input = { ...this.#keys, ...this.#wake, id, what };
    this.#runner.script(leaveScript, input, this.#subject).catch(() => undefined);
  }
}
