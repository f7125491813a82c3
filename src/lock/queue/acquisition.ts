import { CacheUnavailableError } from '../../errors/index.js';
import { wasSent } from '../../redis/commands-in-flight.js';
import { HeldLease } from '../lease/held-lease.js';
import { LeaseClock } from '../lease/lease-clock.js';
import type { Keeping } from '../lease/renewals.js';
import { abortable } from './abortable.js';
import type { QueueCommands } from './queue-commands.js';
import type { Waiter } from './waiter.js';
import type { WaitingRoom } from './waiting-room.js';

/** What an acquisition is for: a lock, or the like. */
export interface LockSetup {
  readonly room: WaitingRoom;
  readonly commands: QueueCommands;
  readonly ttlMs: number;
  readonly keeping: Keeping;
}

/**
 * One attempt to get a lock, from the first request to the lease. Whatever ends it otherwise, it
 * gives back what it got, or may still get by a request on its way.
 */
export class Acquisition {
  readonly #lock: LockSetup;
  readonly #signal: AbortSignal | undefined;
  readonly #begunAt = LeaseClock.now();

  constructor(lock: LockSetup, signal?: AbortSignal) {
    this.#lock = lock;
    this.#signal = signal;
  }

  /** How long it has taken so far, in milliseconds. */
  get elapsedMs(): number {
    return LeaseClock.now() - this.#begunAt;
  }

  /** The lease if the lock is free and nobody waits for it. One command. */
  async try(): Promise<HeldLease | undefined> {
    const { room, commands } = this.#lock;
    const asked = await this.#ask(room.newId(commands.mark));
    return asked instanceof HeldLease ? asked : undefined;
  }

  /**
   * The lease as soon as it is this one's turn; `undefined` when the time is over. Many thousands may
   * wait, so they wait here, with nothing in hand that is not needed: each further async function around
   * would cost half a kilobyte a waiter.
   */
  async wait(waitMs: number): Promise<HeldLease | undefined> {
    const { room, commands } = this.#lock;
    const waiter = room.enter(commands);
    let confirmation: Promise<void> | undefined;
    let isStanding = false;
    try {
      do {
        waiter.reset();
        const asked = await this.#ask(waiter.id, waiter);
        if (asked instanceof HeldLease) return asked;
        if (asked !== undefined) {
          isStanding = true;
          const leftMs = waitMs - this.elapsedMs;
          const outcome = await room.wait(commands, waiter, asked, leftMs, this.#signal);
          isStanding = false;
          const lease = outcome === 'granted' ? await this.#take(waiter) : undefined;
          confirmation = lease?.confirmation;
          if (lease) return lease;
        }
        // Out of the queue with no lease, say because this process stood still when it was its turn.
      } while (this.elapsedMs < waitMs);
      commands.giveBack(waiter.id);
      return undefined;
    } catch (error) {
      if (isStanding) commands.giveBack(waiter.id);
      throw error;
    } finally {
      // Until then Redis may tell once more that it was granted, and that must not be given back.
      if (confirmation) confirmation.finally(() => room.exit(waiter));
      else room.exit(waiter);
    }
  }

  /**
   * Asks for the lock. The lease counts from here, whenever the reply comes.
   *
   * @param waiter of one that waits, if it does
   * @returns the lease; else, in the queue, how long that of whoever is before this one lasts
   */
  async #ask(id: string, waiter?: Waiter): Promise<HeldLease | number | undefined> {
    const { commands, ttlMs } = this.#lock;
    const sentAt = LeaseClock.now();
    const clock = new LeaseClock(sentAt, ttlMs);
    const request = { id, ttlMs, mode: waiter ? 'wait' : 'try', ticket: waiter?.ticket } as const;
    const asking = commands.acquire(request, () => commands.giveBack(id));
    const reply = await this.#orGiveBack(id, asking);
    if (reply.is === 'granted') return this.#leaseOf(id, reply.token, clock);
    if (reply.is !== 'queued' || !waiter) return undefined;
    const { ticket, leftMs, seen } = reply;
    waiter.ticket = ticket;
    waiter.sawNothing({ sentAt, seen, tookMs: LeaseClock.now() - sentAt });
    return leftMs;
  }

  /** It is this one's turn: takes what was handed over, and says at once that it is there. */
  async #take(waiter: Waiter): Promise<HeldLease | undefined> {
    const { commands, ttlMs, keeping } = this.#lock;
    const { id, freshGrant } = waiter;
    if (freshGrant)
      return new HeldLease({ commands, id, ttlMs, ...freshGrant, isConfirmed: false }, keeping);
    const clock = new LeaseClock(LeaseClock.now(), ttlMs);
    const confirming = commands.renew(id, ttlMs, () => commands.giveBack(id));
    const reply = await this.#orGiveBack(id, confirming);
    return reply.is === 'renewed' ? this.#leaseOf(id, reply.token, clock) : undefined;
  }

  #leaseOf(id: string, token: number, clock: LeaseClock): HeldLease {
    const { commands, ttlMs, keeping } = this.#lock;
    if (!clock.isOver)
      return new HeldLease({ commands, id, token, ttlMs, clock, isConfirmed: true }, keeping);
    commands.giveBack(id);
    throw new CacheUnavailableError(
      `Redis took longer to answer than a lease of "${commands.label.name}" lasts (${ttlMs / 1000} s).`,
    );
  }

  /** Stops waiting for a request when the signal aborts; whatever comes of it then is given back. */
  async #orGiveBack<T>(id: string, request: Promise<T>): Promise<T> {
    try {
      return await abortable(request, this.#signal);
    } catch (error) {
      const giveBack = () => this.#lock.commands.giveBack(id);
      request.then(giveBack, (reason) => {
        if (wasSent(reason)) giveBack();
      });
      throw error;
    }
  }
}
