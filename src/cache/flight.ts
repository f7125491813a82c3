import { asOperation, cacheEvents, nameOfError } from '../diagnostics/index.js';
import { isCacheUnavailableError } from '../errors/index.js';
import type { LoadGateway, LoadTicket } from './load-gateway.js';
import { LoadLease } from './load-lease.js';

/** What a load brought: for its caller as it is, for everybody else as text. */
export interface Loaded<T> {
  readonly value: T;
  readonly text: string;
}

const flights = new Map<string, Flight>();

/** The load of that id, when it runs in this process. */
export function flightOf(loader: string): Flight | undefined {
  return flights.get(loader);
}

/** One load of this process, from the right to load until its value is stored or it is given up. */
export class Flight {
  /**
   * The text of what was loaded, also when a `set` or a `delete` came meanwhile; `undefined` when
   * there is nothing to wait for any more. Never rejects: a failure is its own caller's alone.
   */
  readonly landed: Promise<string | undefined>;
  readonly #loads: LoadGateway;
  readonly #ticket: LoadTicket;
  readonly #lease: LoadLease;
  #land: (text: string | undefined) => void = () => {};

  /** @param sentAt `performance.now()` when the right to load was asked for */
  constructor(loads: LoadGateway, ticket: LoadTicket, sentAt: number) {
    this.#loads = loads;
    this.#ticket = ticket;
    this.landed = new Promise((resolve) => {
      this.#land = resolve;
    });
    this.#lease = new LoadLease(loads, ticket, sentAt);
    this.#lease.signal.addEventListener('abort', () => this.#end(undefined), { once: true });
    flights.set(ticket.loader, this);
  }

  /**
   * Loads, and stores what came.
   *
   * @throws whatever `load` throws; nothing is stored then, and one of those who wait loads next
   */
  async run<T>(
    load: (signal: AbortSignal) => Promise<Loaded<T>>,
    lifetime: { readonly ttlSeconds: number; readonly staleSeconds: number },
  ): Promise<T> {
    const { key } = this.#ticket;
    try {
      const { value, text } = await asOperation(
        () => ({ area: 'cache', operation: 'load', key }),
        () => load(this.#lease.signal),
      );
      await this.#store(text, lifetime);
      cacheEvents.emit(() => ({ event: 'loaded', key }));
      this.#end(text);
      return value;
    } catch (error) {
      const reason = nameOfError(error);
      cacheEvents.emit(() => ({ event: 'load-failed', key, reason }));
      await this.giveUp();
      throw error;
    }
  }

  /** Lets another one load. When Redis does not hear it, the end of the lease makes it good. */
  async giveUp(): Promise<void> {
    await this.#loads.giveUp(this.#ticket).catch(() => {});
    this.#end(undefined);
  }

  /** The value is there, so its caller gets it, whether or not it could be stored. */
  async #store(text: string, lifetime: Parameters<LoadGateway['finish']>[2]): Promise<void> {
    try {
      await this.#loads.finish(this.#ticket, text, lifetime);
    } catch (error) {
      if (!isCacheUnavailableError(error)) throw error;
    }
  }

  #end(text: string | undefined): void {
    this.#lease.stop();
    flights.delete(this.#ticket.loader);
    this.#land(text);
  }
}
