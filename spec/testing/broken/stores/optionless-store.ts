import {
  type Claim,
  type ClaimOptions,
  IdempotencyStore,
  type RedisClient,
  type RunOptions,
} from '../../../../src/index.js';

/** Does not know some of the options, as a wrapper does not that hands on too little. */
export class OptionlessStore extends IdempotencyStore {
  readonly #unknown: readonly (keyof RunOptions)[];

  constructor(redis: RedisClient, unknown: readonly (keyof RunOptions)[]) {
    super(redis);
    this.#unknown = unknown;
  }

  override claim<T>(key: string, options?: ClaimOptions) {
    return super.claim<T>(key, this.#known(options));
  }

  override run<T>(key: string, work: (claim: Claim) => Promise<T>, options?: RunOptions<T>) {
    return super.run(key, work, this.#known(options));
  }

  #known<O extends object>(options: O = {} as O): O {
    const entries = Object.entries(options);
    return Object.fromEntries(
      entries.filter(([name]) => !this.#unknown.some((unknown) => unknown === name)),
    ) as O;
  }
}
