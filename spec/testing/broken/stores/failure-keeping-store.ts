import { type Claim, IdempotencyStore, type RunOptions } from '../../../../src/index.js';

type Outcome<T> = { readonly value: T } | { readonly failure: unknown };

/** Stores whatever comes of the work: errors, and what is not to be stored. */
export class FailureKeepingStore extends IdempotencyStore {
  override async run<T>(
    key: string,
    work: (claim: Claim) => Promise<T>,
    { storeWhen, ...options }: RunOptions<T> = {},
  ) {
    const outcomeOf = (claim: Claim): Promise<Outcome<T>> =>
      work(claim).then(
        (value) => ({ value }),
        (failure: unknown) => ({ failure }),
      );
    const { value: outcome, replayed } = await super.run(key, outcomeOf, options);
    if ('failure' in outcome) throw outcome.failure;
    return { value: outcome.value, replayed };
  }
}
