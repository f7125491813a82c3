import { randomUUID } from 'node:crypto';

/** What one case plays on: a key of its own, and what has to be cleaned up in the end. */
export class Scene {
  /** No other case has it. */
  readonly key = `conformance-${randomUUID()}`;
  readonly #endings: (() => unknown)[] = [];

  /** Does that in the end, however the case ends. What it throws is of no interest then. */
  onEnd(ending: () => unknown): void {
    this.#endings.push(ending);
  }

  /** Lets something go on that the case looks at later: until then a rejection is no accident. */
  background<T>(promise: Promise<T>): Promise<T> {
    promise.catch(() => {});
    return promise;
  }

  async end(): Promise<void> {
    await Promise.allSettled(this.#endings.map(async (ending) => ending()));
  }
}
