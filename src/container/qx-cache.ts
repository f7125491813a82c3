import type { Lifetime } from '../mediator/lifetime.js';

/**
 * The root of what `qxCacheModule` binds. Close it when the process ends, after it has stopped to
 * take requests.
 *
 * @example
 * process.once('SIGTERM', () => void container.get(QxCache).close());
 */
export class QxCache {
  readonly #lifetime: Lifetime;
  readonly #closeClient: () => Promise<unknown>;
  #closing: Promise<void> | undefined;

  /** @param closeClient closes the client when the module opened it, else does nothing */
  constructor(lifetime: Lifetime, closeClient: () => Promise<unknown>) {
    this.#lifetime = lifetime;
    this.#closeClient = closeClient;
  }

  /**
   * Ends the work with Redis: later sends of idempotent and locked commands, and those that still
   * wait, fail with `CacheUnavailableError`; the claims and leases of running commands are given
   * up, so that others can go on at once; a client that the module opened is closed. A client given
   * to the module stays open. A handler that is still running learns it by
   * `currentExecution().signal`; its result is not stored.
   *
   * Never rejects, may be called again, and takes no longer than some command time limits when
   * Redis is away.
   */
  close(): Promise<void> {
    this.#closing ??= this.#lifetime
      .end()
      .then(this.#closeClient)
      .then(
        () => {},
        () => {},
      );
    return this.#closing;
  }
}
