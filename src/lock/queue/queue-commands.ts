import type { LockLabel } from '../../diagnostics/index.js';
import type { AcquireReply } from '../scripts/acquire.js';
import type { HeartbeatReply } from '../scripts/heartbeat.js';
import type { ReleaseOutcome } from '../scripts/release.js';
import type { RenewReply } from '../scripts/renew.js';

/** What one acquisition asks for. */
export interface AcquireRequest {
  /** The id of the acquisition; see `WaitingRoom.newId`. */
  readonly id: string;
  readonly ttlMs: number;
  readonly mode: 'wait' | 'try';
  /** The place it had in the queue before. */
  readonly ticket?: number | undefined;
}

/**
 * The scripts of something that is granted in turn: a lock, a semaphore, a side of a read-write lock.
 * Each method is one command, and safe to send twice.
 */
export interface QueueCommands {
  /** What its user calls it, and what it is. */
  readonly label: LockLabel;
  /** Kind and name, which tell it from all others of its namespace. Those who are woken get it. */
  readonly address: string;
  /** The start of the channels on which its waiters are woken; a process makes it complete. */
  readonly wake: string;
  /** What the ids of acquisitions end with here, if their share has to be known in the queue. */
  readonly mark: string;
  /** @param onLateReply gets a reply that came after the time limit, and may have brought a grant */
  acquire(
    request: AcquireRequest,
    onLateReply: (reply: AcquireReply) => void,
  ): Promise<AcquireReply>;
  /** @param onLateReply gets a reply that came after the time limit, and may have brought a lease */
  renew(id: string, ttlMs: number, onLateReply: (reply: RenewReply) => void): Promise<RenewReply>;
  release(id: string): Promise<ReleaseOutcome>;
  /** @param id of the request */
  forceRelease(id: string): Promise<boolean>;
  heartbeat(process: string, oldest: string): Promise<HeartbeatReply>;
  /**
   * Gives back whatever an acquisition got or may still get that its caller gave up. Best effort: if
   * Redis is away, the lease or the sign of life ends by itself.
   *
   * @param what `grant` to give back only what was handed over and not confirmed
   */
  giveBack(id: string, what?: 'all' | 'grant'): void;
}
