/**
 * How often a process with waiters says that it lives, in milliseconds: a little more than a claim
 * lease, so that a grant that nobody confirms is noticed as it ends, at less than a command a second.
 */
export const PULSE_MS = 1010;

/**
 * One timer for all queues of a process: their heartbeats go out together, in one write. It runs while
 * somebody waits.
 */
export class Pulse {
  readonly #beats = new Set<() => void>();
  #timer: NodeJS.Timeout | undefined;

  /** Calls that function at each beat, until it is stopped. */
  start(beat: () => void): void {
    this.#beats.add(beat);
    this.#timer ??= setInterval(() => this.#beatAll(), PULSE_MS);
  }

  stop(beat: () => void): void {
    this.#beats.delete(beat);
    if (this.#beats.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #beatAll(): void {
    for (const beat of [...this.#beats]) beat();
  }
}
