import { type Claim, IdempotencyStore, type RunOptions } from '../../../../src/index.js';

/** A caller that gives no payload counts as one with another payload. */
export class StrictPayloadStore extends IdempotencyStore {
  override run<T>(key: string, work: (claim: Claim) => Promise<T>, options?: RunOptions<T>) {
    return super.run(key, work, { fingerprint: 'none', ...options });
  }
}
