import { toTimerDelay } from '../../settings/durations.js';
import { LeaseClock } from '../lease/lease-clock.js';
import { PULSE_MS, type Pulse } from './pulse.js';
import type { QueueCommands } from './queue-commands.js';
import type { Waiter } from './waiter.js';

/** Looks a little after a lease ends, in milliseconds: Redis counts whole ones. */
const MARGIN_MS = 5;

/** Who is told of what happens in a queue. */
interface Told {
  /** Of grants whose push got lost, or comes later. */
  granted(id: string): void;
  /** Nobody waits any more. */
  empty(): void;
}

/**
 * Those of this process that wait for one lock, or the like. While all goes well each is woken by a push; one
 * heartbeat for all of them backs that up. There is an extra one only when an owner's lease ends.
 */
export class LocalQueue {
  readonly #commands: QueueCommands;
  readonly #process: string;
  readonly #pulse: Pulse;
  readonly #tell: Told;
  readonly #waiters = new Set<Waiter>();
  #timer: NodeJS.Timeout | undefined;
  #beatAt = Number.POSITIVE_INFINITY;
  #isBeating = false;
  #mustBeatAgain = false;

  constructor(commands: QueueCommands, process: string, pulse: Pulse, tell: Told) {
    this.#commands = commands;
    this.#process = process;
    this.#pulse = pulse;
    this.#tell = tell;
  }

  /** See {@link QueueCommands.wake}. */
  get wake(): string {
    return this.#commands.wake;
  }

  get isEmpty(): boolean {
    return this.#waiters.size === 0;
  }

  /** @param leftMs how long the lease of whoever is before it lasts */
  join(waiter: Waiter, leftMs: number): void {
    this.#waiters.add(waiter);
    this.#pulse.start(this.#onPulse);
    this.#beatWithin(leftMs + MARGIN_MS);
  }

  leave(waiter: Waiter): void {
    this.#waiters.delete(waiter);
    if (!this.isEmpty) return;
    this.#pulse.stop(this.#onPulse);
    this.#stop();
    this.#tell.empty();
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

  readonly #onPulse = (): void => this.beatNow();

  #stop(): void {
    clearTimeout(this.#timer);
    this.#beatAt = Number.POSITIVE_INFINITY;
  }

  /** Before the next pulse, if that is too late. */
  #beatWithin(delay: number): void {
    if (delay >= PULSE_MS) return;
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
    let nextMs = PULSE_MS;
    try {
      const sentAt = LeaseClock.now();
      const waiting = [...this.#waiters];
      const reply = await this.#commands.heartbeat(this.#process, oldest.id);
      nextMs = reply.leftMs + MARGIN_MS;
      const look = { sentAt, seen: reply.seen, tookMs: LeaseClock.now() - sentAt };
      for (const waiter of waiting) waiter.sawNothing(look);
      for (const id of reply.granted) this.#tell.granted(id);
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
