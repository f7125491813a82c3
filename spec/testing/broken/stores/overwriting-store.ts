import { IdempotencyStore } from '../../../../src/index.js';

/** The last `set` wins. */
export class OverwritingStore extends IdempotencyStore {
  override async set<T>(key: string, value: T, options?: { ttlSeconds?: number | undefined }) {
    await this.delete(key);
    return super.set(key, value, options);
  }
}
