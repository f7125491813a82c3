import type { Workers } from './workers.js';

/** Kills one of the workers, once, and starts another in its place. */
export class Chaos {
  readonly #workers: Workers;
  #replacing: Promise<void> | undefined;

  constructor(workers: Workers) {
    this.#workers = workers;
  }

  get killed(): number {
    return this.#replacing ? 1 : 0;
  }

  /** Does nothing the second time, nor while no worker has anything in its hands. */
  strike(): void {
    this.#replacing ??= this.#workers.replaceOne();
    // Reported by `over`.
    this.#replacing?.catch(() => {});
  }

  /** Waits for the new worker. @throws when it did not start */
  async over(): Promise<void> {
    await this.#replacing;
  }
}
