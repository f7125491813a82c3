import type { PipelineBehavior, RequestData } from 'mediatr-ts';
import type { AcquireOptions, Lease, LockOptions } from '../lock/index.js';
import type { LeaseOfAll } from '../lock/lease/combined-lease.js';
import { heldLease, holding } from '../lock/lease/held-locks.js';
import { runWith } from '../lock/lease/run-with.js';
import { lockAddress } from '../lock/lock-keys.js';
import type { AccompanyingAttempt } from '../lock/queue/accompanying-attempt.js';
import { type CommandExecution, inExecutionOf } from './execution.js';
import { Lifetime } from './lifetime.js';
import { lockedPolicyOf, lockNamesOf } from './locked.js';
import { isLocked } from './opt-in.js';
import { classOf } from './policy-slot.js';

/**
 * Where the behavior gets its locks: the container's `LockFactory`, which releases them when the
 * container is closed.
 */
export interface LockSource {
  /** What its locks live in: locks of the same scope and name are the same lock. */
  readonly scope: object;
  acquireAll(names: readonly string[], options: LockOptions & AcquireOptions): Promise<LeaseOfAll>;
  /** An attempt to be sent with the claim of the same command, where that can be. */
  accompany(name: string, options: LockOptions): AccompanyingAttempt | undefined;
  /** Keeps a lease of such an attempt, until the container is closed. */
  keep<L extends Lease>(lease: L): Promise<L>;
}

/**
 * Runs the handler of a locked command while it holds all of the command's locks. A lock that the
 * same chain of async calls holds already is entered again. Bound by `qxCacheModule`; requests that
 * name no lock pass through.
 *
 * A `send` rejects with `LockTimeoutError` when a lock was not free in time. When a lock is lost
 * while the handler runs, `currentExecution().signal` aborts; the response of the handler stays the
 * response, as an error would invite a retry of what is done.
 */
export class LockBehavior implements PipelineBehavior {
  readonly #locks: LockSource;
  readonly #lifetime: Lifetime;

  constructor(locks: LockSource, lifetime: Lifetime = new Lifetime()) {
    this.#locks = locks;
    this.#lifetime = lifetime;
  }

  /** Called by the mediator: runs the rest of the pipeline while all locks of the command are held. */
  handle(request: RequestData<unknown>, next: () => unknown): Promise<unknown> {
    if (!isLocked(request)) return next() as Promise<unknown>;
    return inExecutionOf(request, (execution) => this.#run(request, next, execution));
  }

  /**
   * Makes an attempt to lock that is sent with the claim of the same command, so that both cost one
   * round trip. `undefined` where it would not be one lock, to be taken anew.
   *
   * @throws {@link QxCacheSettingsError} when a name is malformed: before the claim is made
   */
  accompany(command: object): AccompanyingAttempt | undefined {
    const [name, ...others] = lockNamesOf(command);
    if (name === undefined || others.length > 0 || this.#heldOf([name]).size > 0) return undefined;
    const { ttlSeconds } = lockedPolicyOf(classOf(command)) ?? {};
    return this.#locks.accompany(name, { ttlSeconds });
  }

  async #run(command: object, next: () => unknown, execution: CommandExecution): Promise<unknown> {
    this.#lifetime.throwIfOver();
    // The command may have changed while its claim was under way.
    const names = execution.lockAttempt ? [execution.lockAttempt.name] : lockNamesOf(command);
    const reentered = this.#heldOf(names);
    const missing = names.filter((name) => !reentered.has(name));
    if (missing.length === 0) return this.#under(reentered, next, execution);

    const accompanying = execution.lockAttempt?.take();
    const lease = accompanying
      ? await this.#locks.keep(accompanying)
      : await this.#acquireAll(command, missing);
    const leases = 'leases' in lease ? lease.leases : new Map([[lease.name, lease]]);
    return runWith(
      lease,
      () => this.#under(new Map([...reentered, ...leases]), next, execution),
      (releasing) => execution.waitAtEnd(releasing),
    );
  }

  #acquireAll(command: object, names: readonly string[]): Promise<LeaseOfAll> {
    const { ttlSeconds, waitSeconds } = lockedPolicyOf(classOf(command)) ?? {};
    const { signal } = this.#lifetime;
    return this.#locks.acquireAll(names, { ttlSeconds, waitSeconds, signal });
  }

  /** The leases of this chain of calls that still live. */
  #heldOf(names: readonly string[]): Map<string, Lease> {
    const held = new Map<string, Lease>();
    for (const name of names) {
      const lease = heldLease(this.#locks.scope, plainLock(name));
      if (lease) held.set(name, lease);
    }
    return held;
  }

  async #under(
    leases: ReadonlyMap<string, Lease>,
    next: () => unknown,
    execution: CommandExecution,
  ): Promise<unknown> {
    const unfollow = [this.#lifetime, ...leases.values()].map((source) => execution.follow(source));
    for (const [name, { token }] of leases) execution.tokens.set(name, token);
    const { scope } = this.#locks;
    const held = [...leases].map(([name, lease]) => ({ scope, ...plainLock(name), lease }));
    try {
      return await holding(held, next);
    } finally {
      for (const stop of unfollow) stop();
    }
  }
}

function plainLock(name: string) {
  return { address: lockAddress(name), mark: '' };
}
