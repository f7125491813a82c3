import {
  type Claim,
  type ClaimOptions,
  type ClaimResult,
  IdempotencyStore,
} from '../../../../src/index.js';
import { changed } from '../changed.js';

/** A store whose claims have something wrong. */
export abstract class ChangedClaims extends IdempotencyStore {
  protected abstract change(claim: Claim): Partial<Claim>;

  override async claim<T>(key: string, options?: ClaimOptions): Promise<ClaimResult<T>> {
    const answer = await super.claim<T>(key, options);
    if (answer.status !== 'claimed') return answer;
    return { status: 'claimed', claim: changed(answer.claim, this.change(answer.claim)) };
  }
}
