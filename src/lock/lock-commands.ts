import type { RedisRunner } from '../redis/redis-runner.js';
import { type LockKeys, lockKeys, wakeChannel } from './lock-keys.js';
import { type AcquireReply, acquireScript } from './scripts/acquire.js';
import { forceReleaseScript } from './scripts/force-release.js';
import { type HeartbeatReply, heartbeatScript } from './scripts/heartbeat.js';
import { type InspectReply, inspectScript } from './scripts/inspect.js';
import { leaveScript } from './scripts/leave.js';
import { type ReleaseReply, releaseScript } from './scripts/release.js';
import { type RenewReply, renewScript } from './scripts/renew.js';

/** What one acquisition asks for. */
export interface AcquireRequest {
  /** The id of the acquisition; see `WaitingRoom.newId`. */
  readonly id: string;
  readonly ttlMs: number;
  readonly mode: 'wait' | 'try';
  /** The place it had in the queue before. */
  readonly ticket?: number | undefined;
}

/** The scripts of one lock: each method is one command, and safe to send twice. */
export class LockCommands {
  readonly name: string;
  readonly #runner: RedisRunner;
  readonly #keys: LockKeys;
  readonly #wake: string;
  readonly #subject: string;

  constructor(runner: RedisRunner, namespace: string, name: string) {
    this.name = name;
    this.#runner = runner;
    this.#keys = lockKeys(namespace, name);
    this.#wake = wakeChannel(namespace);
    this.#subject = `lock "${name}"`;
  }

  /** @param onLateReply gets a reply that came after the time limit, and may have brought a grant */
  acquire(
    { id, ttlMs, mode, ticket }: AcquireRequest,
    onLateReply: (reply: AcquireReply) => void,
  ): Promise<AcquireReply> {
    const { state, queue, alive } = this.#keys;
    return this.#runner.script(
      acquireScript,
      {
        state,
        queue,
        alive,
        id,
        ttl: ttlMs,
        mode,
        ticket: ticket ?? '',
        wake: this.#wake,
        name: this.name,
      },
      this.#subject,
      onLateReply,
    );
  }

  /** @param onLateReply gets a reply that came after the time limit, and may have brought a lease */
  renew(id: string, ttlMs: number, onLateReply: (reply: RenewReply) => void): Promise<RenewReply> {
    const { state } = this.#keys;
    return this.#runner.script(renewScript, { state, id, ttl: ttlMs }, this.#subject, onLateReply);
  }

  release(id: string): Promise<ReleaseReply> {
    const input = { ...this.#keys, id, wake: this.#wake, name: this.name };
    return this.#runner.script(releaseScript, input, this.#subject);
  }

  heartbeat(process: string, oldest: string): Promise<HeartbeatReply> {
    const { state, queue, alive } = this.#keys;
    const input = { state, queue, alive, process, oldest, wake: this.#wake, name: this.name };
    return this.#runner.script(heartbeatScript, input, this.#subject);
  }

  forceRelease(id: string): Promise<boolean> {
    const input = { ...this.#keys, id, wake: this.#wake, name: this.name };
    return this.#runner.script(forceReleaseScript, input, this.#subject);
  }

  inspect(): Promise<InspectReply> {
    const { state, queue, alive } = this.#keys;
    return this.#runner.script(inspectScript, { state, queue, alive }, this.#subject);
  }

  /**
   * Gives back whatever an acquisition got or may still get that its caller gave up. Best effort: if
   * Redis is away, the lease or the sign of life ends by itself.
   *
   * @param what `grant` to give back only what was handed over and not confirmed
   */
  giveBack(id: string, what: 'all' | 'grant' = 'all'): void {
    const { state, queue, alive } = this.#keys;
    const input = { state, queue, alive, id, what, wake: this.#wake, name: this.name };
    this.#runner.script(leaveScript, input, this.#subject).catch(() => undefined);
  }
}
