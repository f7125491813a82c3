import { type Claim, IdempotencyStore } from '../../../../src/index.js';

/** Looks whether there is a result, works, and stores it: what people write before they know better. */
export class GetThenSetStore extends IdempotencyStore {
  override async run<T>(key: string, work: (claim: Claim) => Promise<T>) {
    const stored = await this.get<T>(key);
    if (stored !== undefined) return { value: stored, replayed: true };
    const value = await work({ signal: new AbortController().signal } as Claim);
    await this.set(key, value);
    return { value, replayed: false };
  }
}
