import { setMaxListeners } from 'node:events';
import { CacheUnavailableError } from '../errors/index.js';

/** What is open in one container until its `QxCache` is closed. */
export class Lifetime {
  readonly #end = new AbortController();
  readonly #open = new Set<() => Promise<unknown>>();

  constructor() {
    // Every command that waits listens for the end, and takes its listener off again.
    setMaxListeners(0, this.#end.signal);
  }

  /** Aborts, with a `CacheUnavailableError` as its reason, when the container's `QxCache` closes. */
  get signal(): AbortSignal {
    return this.#end.signal;
  }

  get isOver(): boolean {
    return this.#end.signal.aborted;
  }

  /** @throws {@link CacheUnavailableError} when it is over */
  throwIfOver(): void {
    this.#end.signal.throwIfAborted();
  }

  /** Keeps what gives up a claim or a lease, for the end; the returned function forgets it. */
  track(giveUp: () => Promise<unknown>): () => void {
    this.#open.add(giveUp);
    return () => this.#open.delete(giveUp);
  }

  /** Something was asked for: the end waits for its answer, until the returned function is called. */
  awaitAnswer(): () => void {
    let answered = () => {};
    const answer = new Promise<void>((resolve) => {
      answered = resolve;
    });
    const forget = this.track(() => answer);
    return () => {
      forget();
      answered();
    };
  }

  /** Ends all that waits, then gives up all that is held. Never rejects. */
  async end(): Promise<void> {
    this.#end.abort(
      new CacheUnavailableError('QxCache was closed; this process takes no further commands.'),
    );
    await Promise.allSettled([...this.#open].map((giveUp) => giveUp()));
  }
}
