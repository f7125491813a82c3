import type { Claim, RunOptions } from '../../../../src/index.js';
import { ChangedClaims } from './changed-claims.js';

/** A claim whose work failed, or that was given up, is kept for as long as its process lives. */
export class StuckStore extends ChangedClaims {
  protected override change(): Partial<Claim> {
    return { abandon: async () => {} };
  }

  override run<T>(key: string, work: (claim: Claim) => Promise<T>, options?: RunOptions<T>) {
    return new Promise<{ value: T; replayed: boolean }>((resolve, reject) => {
      const endless = (claim: Claim) =>
        work(claim).catch((error: unknown) => {
          reject(error);
          return new Promise<never>(() => {});
        });
      super.run(key, endless, options).then(resolve, reject);
    });
  }
}
