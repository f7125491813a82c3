import { beginOperation } from '../../diagnostics/index.js';
import type { Companion } from '../../redis/companion.js';
import { HeldLease } from '../lease/held-lease.js';
import { LeaseClock } from '../lease/lease-clock.js';
import type { LockCommands } from '../lock-commands.js';
import type { AcquireReply } from '../scripts/acquire.js';
import type { LockSetup } from './acquisition.js';

/**
 * An attempt to acquire a lock that is made in the round trip of another script. Either its lease is
 * taken, or what it got is given back.
 */
export class AccompanyingAttempt implements Companion<AcquireReply> {
  readonly #lock: LockSetup & { readonly commands: LockCommands };
  readonly #id: string;
  readonly #attempt: ReturnType<LockCommands['attempt']>;
  #sentAt = 0;
  #token: number | undefined;
  #isOver = false;

  constructor(lock: LockSetup & { readonly commands: LockCommands }) {
    this.#lock = lock;
    this.#id = lock.room.newId();
    this.#attempt = lock.commands.attempt(this.#id, lock.ttlMs);
  }

  /** Of the lock. */
  get name(): string {
    return this.#lock.commands.label.name;
  }

  get script() {
    return this.#attempt.script;
  }

  send() {
    this.#sentAt = LeaseClock.now();
    return this.#attempt.values;
  }

  answered(reply: AcquireReply): void {
    if (reply.is !== 'granted') return;
    this.#token = reply.token;
    // Told when it is over: of an attempt that was not made, or failed, there is nothing to tell.
    const { label } = this.#lock.commands;
    const subject = () => ({ area: 'lock', operation: 'acquire', ...label }) as const;
    beginOperation(subject, this.#sentAt)?.end('acquired');
  }

  undo(): void {
    this.#lock.commands.giveBack(this.#id);
  }

  /** The lease, if the lock was free and nobody waited for it. Once. */
  take(): HeldLease | undefined {
    const token = this.#token;
    if (token === undefined || this.#isOver) return undefined;
    const { commands, ttlMs, keeping } = this.#lock;
    const clock = new LeaseClock(this.#sentAt, ttlMs);
    if (clock.isOver) return undefined;
    this.#isOver = true;
    const grant = { commands, id: this.#id, token, ttlMs, clock, isConfirmed: true };
    return new HeldLease(grant, keeping).announce(LeaseClock.now() - this.#sentAt);
  }

  /** Nobody takes the lease any more. */
  end(): void {
    if (this.#token !== undefined && !this.#isOver) this.undo();
    this.#isOver = true;
  }
}
