import type { PipelineBehavior, RequestData } from 'mediatr-ts';
import { IdempotencyClaimLostError } from '../errors/index.js';
import type { Claim, IdempotencyStore, RunOptions } from '../idempotency/index.js';
import { storedKey } from '../idempotency/stored-key.js';
import type { AccompanyingAttempt } from '../lock/queue/accompanying-attempt.js';
import { override } from '../settings/override.js';
import { CommandNames } from './command-names.js';
import { type CommandExecution, inExecutionOf } from './execution.js';
import { idempotentPolicyOf } from './idempotent.js';
import type { IdempotencyDefaults, IdempotentPolicy } from './idempotent-options.js';
import { Lifetime } from './lifetime.js';
import { isIdempotent } from './opt-in.js';
import { payloadOf } from './payload.js';
import { classOf } from './policy-slot.js';
import { storedKeyPartsOf } from './stored-key.js';

/**
 * Runs the handler of an idempotent command once for each key, and answers retries with the first
 * response. Put it outside the {@link LockBehavior}, so that a replay takes no lock. Bound by
 * `qxCacheModule`; requests that are not idempotent pass through.
 *
 * A `send` rejects with what `IdempotencyStore.run` throws, and with `IdempotencyKeyError` when the
 * command's key is missing or malformed.
 */
export class IdempotencyBehavior implements PipelineBehavior {
  readonly #store: IdempotencyStore;
  readonly #defaults: IdempotencyDefaults;
  readonly #lifetime: Lifetime;
  readonly #names: CommandNames;

  constructor(
    store: IdempotencyStore,
    defaults: IdempotencyDefaults = {},
    lifetime: Lifetime = new Lifetime(),
  ) {
    this.#store = store;
    this.#defaults = defaults;
    this.#lifetime = lifetime;
    this.#names = new CommandNames(defaults.name);
  }

  /** Called by the mediator: runs the rest of the pipeline once for each key, or gives what it gave before. */
  handle(request: RequestData<unknown>, next: () => unknown): Promise<unknown> {
    if (!isIdempotent(request)) return next() as Promise<unknown>;
    return inExecutionOf(request, (execution) => this.#run(request, next, execution));
  }

  async #run(command: object, next: () => unknown, execution: CommandExecution): Promise<unknown> {
    const policy = this.#policyOf(command);
    // All that depends on the command is read before the handler can change it.
    const parts = storedKeyPartsOf(command, this.#defaults);
    this.#names.check(command);
    const options = this.#runOptions(policy, payloadOf(command, policy));

    this.#lifetime.throwIfOver();
    const lockAttempt = execution.begin(parts.key);
    // Closed meanwhile, whatever comes is given back first.
    const answered = this.#lifetime.awaitAnswer();
    const work = (claim: Claim) => {
      if (!this.#lifetime.isOver) answered();
      return this.#underClaim(claim, next, execution, lockAttempt);
    };
    try {
      const { value, replayed } = await this.#store.runWith(
        lockAttempt,
        storedKey(parts),
        work,
        options,
      );
      execution.replayed = replayed;
      return value;
    } finally {
      await execution.end(lockAttempt);
      answered();
    }
  }

  /** Decorator over class static over module; the defaults are those of `IdempotencyStore.run`. */
  #policyOf(command: object): IdempotentPolicy {
    const { name, ...defaults } = this.#defaults;
    return override<IdempotentPolicy>(defaults, idempotentPolicyOf(classOf(command)));
  }

  /** All of a policy but what makes the stored key is for the store. */
  #runOptions(policy: IdempotentPolicy, fingerprint: unknown): RunOptions {
    const { key, name, scope, ...options } = policy;
    return { ...options, fingerprint, signal: this.#lifetime.signal };
  }

  async #underClaim(
    claim: Claim,
    next: () => unknown,
    execution: CommandExecution,
    lockAttempt: AccompanyingAttempt | undefined,
  ): Promise<unknown> {
    // The work did not fail: whoever goes on with it gets its finished steps.
    const leave = () => claim.abandon({ keepSteps: true });
    if (this.#lifetime.isOver) await leave().catch(() => {});
    this.#lifetime.throwIfOver();
    execution.claimed(claim, lockAttempt);
    const unfollow = execution.follow(claim);
    const forget = this.#lifetime.track(leave);
    try {
      const value = await next();
      // Closing gave the claim up while the handler ran: another process may execute by now.
      if (this.#lifetime.isOver && claim.token > 0)
        throw new IdempotencyClaimLostError(claim.key, value);
      return value;
    } finally {
      forget();
      unfollow();
    }
  }
}
