import { CacheUnavailableError } from '../errors/index.js';
import { onClientEnd } from '../redis/client-end.js';
import { toTimerDelay } from '../settings/durations.js';
import { type LoadGateway, type LoadTicket, leaseSeconds } from './load-gateway.js';

/** How soon to try again when a renewal got no answer, in seconds. */
const retrySeconds = leaseSeconds / 20;

/**
 * Keeps the right to load while the load runs, and aborts its signal when the right is lost: the
 * lease ran out (a paused process, Redis out of reach) and another one loads, or the client ended.
 */
export class LoadLease {
  readonly #loads: LoadGateway;
  readonly #ticket: LoadTicket;
  readonly #abort = new AbortController();
  readonly #unwatch: () => void;
  #timer: NodeJS.Timeout | undefined;
  #isOver = false;
  /** When the last granted request was sent, on the monotonic clock: the lease began no earlier. */
  #grantedAt: number;

  constructor(loads: LoadGateway, ticket: LoadTicket, sentAt: number) {
    this.#loads = loads;
    this.#ticket = ticket;
    this.#grantedAt = sentAt;
    this.#unwatch = onClientEnd(loads.redis, () => this.#lose('its Redis client was closed'));
    this.#renewIn(leaseSeconds / 3);
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Ends the renewals. */
  stop(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#unwatch();
  }

  #renewIn(delaySeconds: number): void {
    if (this.#isOver) return;
    this.#timer = setTimeout(() => void this.#renew(), toTimerDelay(delaySeconds));
    this.#timer.unref();
  }

  async #renew(): Promise<void> {
    const sentAt = performance.now();
    const reply = await this.#loads.renew(this.#ticket).catch(() => undefined);
    if (this.#isOver) return;
    if (reply === undefined) {
      this.#renewIn(retrySeconds);
    } else if (reply === 'renewed') {
      this.#grantedAt = sentAt;
      this.#renewIn(leaseSeconds / 3);
    } else if (reply === 'taken' && this.#mayHaveRunOut()) {
      this.#lose('its lease ran out, and another caller loads');
    }
    // Else a `set` or a `delete` came (and maybe a new loader after it). This load goes on for those
    // who wait for it; what it brings will not be stored, so there is nothing left to renew.
  }

  /** While this is false, only a `set` or a `delete` can have ended the lease. */
  #mayHaveRunOut(): boolean {
    return performance.now() - this.#grantedAt >= leaseSeconds * 1000;
  }

  #lose(why: string): void {
    this.stop();
    this.#abort.abort(
      new CacheUnavailableError(
        `The load of cache key "${this.#ticket.key}" was abandoned: ${why}.`,
      ),
    );
  }
}
