import { primariesOf, SCAN_COUNT, scanStep } from '../scan.js';
import type { Session } from '../session.js';

/** How long one look may go on scanning, so that the view stays alive on a slow connection. */
const PATIENCE_MS = 500;

/**
 * Goes through the keys of all primaries again and again, a bounded number at a time: a server with
 * millions of keys must not notice that somebody watches.
 */
export class KeyRounds {
  readonly #session: Session;
  readonly #keysPerLook: number;
  #node = 0;
  #cursor = '0';
  #startedAt = performance.now();
  #roundSeconds: number | undefined;

  constructor(session: Session, keysPerLook: number) {
    this.#session = session;
    this.#keysPerLook = keysPerLook;
  }

  /** How long the last whole round took; `undefined` during the first. */
  get roundSeconds(): number | undefined {
    return this.#roundSeconds;
  }

  /** Hands on the next keys, batch by batch, to the end of the round at most. */
  async advance(visit: (keys: string[]) => Promise<void>): Promise<void> {
    const { namespace } = this.#session.settings;
    // Idempotency keys and locks: one round for both.
    const pattern = `${namespace}:[il]*`;
    const deadline = performance.now() + PATIENCE_MS;
    for (let seen = 0; seen < this.#keysPerLook; seen += SCAN_COUNT) {
      const nodes = primariesOf(this.#session);
      const node = nodes[this.#node];
      if (node === undefined) return this.#startAgain();
      const [cursor, keys] = await scanStep(this.#session, node, this.#cursor, pattern);
      await visit(keys);
      this.#cursor = cursor;
      if (cursor === '0') this.#node += 1;
      if (this.#node >= nodes.length) return this.#startAgain();
      if (performance.now() > deadline) return;
    }
  }

  #startAgain(): void {
    const now = performance.now();
    this.#roundSeconds = (now - this.#startedAt) / 1000;
    this.#startedAt = now;
    this.#node = 0;
    this.#cursor = '0';
  }
}
