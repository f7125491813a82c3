import { toTimerDelay } from '../settings/durations.js';
import { LeaseClock } from './lease-clock.js';
import type { QueueCommands } from './queue-commands.js';
import type { Waiter } from './waiter.js';

/**
 * How often a process with waiters says that it lives, in milliseconds: a little more than a claim
 * lease, so that a grant that nobody confirms is noticed as it ends, at less than a command a second.
 */
const HEARTBEAT_MS = 1010;
/** Looks a little after a lease ends, in milliseconds: Redis counts whole ones. */
const MARGIN_MS = 5;

/**
 * Those of this process that wait for one lock, or the like. While all goes well each is woken by a push; one
 * heartbeat for all of them backs that up. It is early only when the owner's lease ends.
 */
export class LocalQueue {
  readonly #commands: QueueCommands;
  readonly #process: string;
  readonly #onGranted: (id: string) => void;
  readonly #waiters = new Set<Waiter>();
  #timer: NodeJS.Timeout | undefined;
  #beatAt = Number.POSITIVE_INFINITY;
  #isBeating = false;
  #mustBeatAgain = false;

  /** @param onGranted hears of grants whose push got lost, or comes later */
  constructor(commands: QueueCommands, process: string, onGranted: (id: string) => void) {
    this.#commands = commands;
    this.#process = process;
    this.#onGranted = onGranted;
  }

  get isEmpty(): boolean {
    return this.#waiters.size === 0;
  }

  /** @param leftMs how long the lease of whoever is before it lasts */
  join(waiter: Waiter, leftMs: number): void {
    this.#waiters.add(waiter);
    this.#beatWithin(leftMs + MARGIN_MS);
  }

  leave(waiter: Waiter): void {
    this.#waiters.delete(waiter);
    if (this.isEmpty) this.#stop();
  }

  fail(error: unknown): void {
    for (const waiter of [...this.#waiters]) waiter.fail(error);
  }

  /** Looks now: pushes may have been missed. */
  beatNow(): void {
    this.#stop();
    if (this.#isBeating) this.#mustBeatAgain = true;
    else void this.#beat();
  }

  #stop(): void {
    clearTimeout(this.#timer);
    this.#beatAt = Number.POSITIVE_INFINITY;
  }

  #beatWithin(milliseconds: number): void {
    const delay = Math.min(milliseconds, HEARTBEAT_MS);
    const beatAt = performance.now() + delay;
    if (beatAt >= this.#beatAt) return;
    clearTimeout(this.#timer);
    this.#beatAt = beatAt;
    this.#timer = setTimeout(() => this.beatNow(), toTimerDelay(delay / 1000));
  }

  async #beat(): Promise<void> {
    const oldest = this.#oldest();
    if (!oldest) return;
    this.#isBeating = true;
    let nextMs = HEARTBEAT_MS;
    try {
      const sentAt = LeaseClock.now();
      const waiting = [...this.#waiters];
      const reply = await this.#commands.heartbeat(this.#process, oldest.id);
      nextMs = reply.leftMs + MARGIN_MS;
      for (const waiter of waiting) waiter.sawNothing({ sentAt, seen: reply.seen });
      for (const id of reply.granted) this.#onGranted(id);
      if (!reply.isQueued && this.#waiters.has(oldest)) this.#askAgain();
    } catch {
      // Redis is away. Those who wait have time limits of their own.
    } finally {
      this.#isBeating = false;
    }
    if (this.#mustBeatAgain) nextMs = 0;
    this.#mustBeatAgain = false;
    if (!this.isEmpty) this.#beatWithin(nextMs);
  }

  /** The queue was deleted or evicted, or took this process for dead. */
  #askAgain(): void {
    const inOrder = [...this.#waiters].sort((a, b) => ticketOf(a) - ticketOf(b));
    for (const waiter of inOrder) waiter.askAgain();
  }

  #oldest(): Waiter | undefined {
    let oldest: Waiter | undefined;
    for (const waiter of this.#waiters) {
      if (!oldest || ticketOf(waiter) < ticketOf(oldest)) oldest = waiter;
    }
    return oldest;
  }
}

function ticketOf(waiter: Waiter): number {
  return waiter.ticket ?? Number.POSITIVE_INFINITY;
}
