import { type Claim, IdempotencyStore, type RunOptions } from '../../src/index.js';

/** A store that waits for nobody: what a caller sees whose `waitSeconds` are over. */
export class ImpatientStore extends IdempotencyStore {
  override run<T>(key: string, work: (claim: Claim) => Promise<T>, options: RunOptions<T> = {}) {
    return super.run(key, work, { ...options, waitSeconds: 0 });
  }
}
