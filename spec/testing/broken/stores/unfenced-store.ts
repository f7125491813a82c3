import { type Claim, isIdempotencyClaimLostError, type RunOptions } from '../../../../src/index.js';
import { ChangedClaims } from './changed-claims.js';

/** What a late owner completes is stored, whoever has the key. */
export class UnfencedStore extends ChangedClaims {
  protected override change(claim: Claim): Partial<Claim> {
    const complete = (value: unknown) =>
      claim.complete(value).catch(async () => {
        await this.delete(claim.key);
        await this.set(claim.key, value);
      });
    return { complete, renew: async () => {} };
  }

  override run<T>(key: string, work: (claim: Claim) => Promise<T>, options?: RunOptions<T>) {
    return super.run(key, work, options).catch((error: unknown) => {
      if (isIdempotencyClaimLostError(error)) return { value: error.value as T, replayed: false };
      throw error;
    });
  }
}
