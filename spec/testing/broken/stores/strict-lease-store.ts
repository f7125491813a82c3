import { type Claim, IdempotencyClaimLostError } from '../../../../src/index.js';
import { ChangedClaims } from './changed-claims.js';

/** An owner whose lease ended may not complete, though nobody took over. */
export class StrictLeaseStore extends ChangedClaims {
  protected override change(claim: Claim): Partial<Claim> {
    return {
      complete: async (value) => {
        const record = await this.inspect(claim.key);
        if (record?.state === 'abandoned') throw new IdempotencyClaimLostError(claim.key, value);
        await claim.complete(value);
      },
    };
  }
}
