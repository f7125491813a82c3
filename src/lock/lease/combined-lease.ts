import type { Operation } from '../../diagnostics/index.js';
import type { HeldLease } from './held-lease.js';
import type { Lease } from './lease.js';

/** The lease of several locks: held while each of them is. */
export interface LeaseOfAll extends Lease {
  /** The lease of each lock by its name, in sorted order. */
  readonly leases: ReadonlyMap<string, Lease>;
}

/** Makes one lease of several. Each method asks all of them, then throws the first error. */
export class CombinedLease implements LeaseOfAll {
  readonly name: string;
  readonly token: number;
  readonly leases: ReadonlyMap<string, Lease>;
  /** That of the first: work runs inside of one. */
  readonly hold: Operation | undefined;
  readonly #all: readonly Lease[];
  readonly #controller = new AbortController();
  #isReleaseAsked = false;

  /** @param leases sorted by name */
  constructor(leases: readonly [Lease, ...Lease[]]) {
    this.#all = leases;
    this.name = leases.map(({ name }) => name).join(', ');
    this.token = leases[0].token;
    this.hold = (leases[0] as Partial<HeldLease>).hold;
    this.leases = new Map(leases.map((lease) => [lease.name, lease]));
    for (const { signal } of leases) {
      const onAbort = () => this.#controller.abort(signal.reason);
      if (signal.aborted) onAbort();
      else signal.addEventListener('abort', onAbort, { once: true });
    }
  }

  get signal(): AbortSignal {
    // Lets each lease look at its clock first: its timer may not have had its turn.
    void this.isHeld;
    return this.#controller.signal;
  }

  get isHeld(): boolean {
    return this.#all.every((lease) => lease.isHeld);
  }

  async renew(ttlSeconds?: number): Promise<void> {
    await settled(this.#all.map((lease) => lease.renew(ttlSeconds)));
  }

  async release(): Promise<void> {
    this.#isReleaseAsked = true;
    await settled(this.#all.toReversed().map((lease) => lease.release()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#isReleaseAsked) await this.release();
  }
}

async function settled(actions: Promise<void>[]): Promise<void> {
  const outcomes = await Promise.allSettled(actions);
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
}
