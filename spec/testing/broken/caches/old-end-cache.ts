import { Cache, type SetOptions } from '../../../../src/index.js';

/** A value ends when the one before it was to end. */
export class OldEndCache extends Cache {
  override async set<T>(key: string, value: T, options?: SetOptions) {
    const left = await this.ttl(key);
    const ttlSeconds = left === Number.POSITIVE_INFINITY ? undefined : left;
    return super.set(key, value, { ttlSeconds, ...options });
  }
}
