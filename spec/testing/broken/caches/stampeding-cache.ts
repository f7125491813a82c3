import { Cache, type GetOrSetOptions } from '../../../../src/index.js';

/** Everybody who misses a value loads it. */
export class StampedingCache extends Cache {
  override async getOrSet<T>(
    key: string,
    load: (signal: AbortSignal) => Promise<T>,
    { ttlSeconds }: GetOrSetOptions<T>,
  ) {
    const found = await this.get<T>(key);
    if (found !== undefined && found !== null) return found;
    const value = await load(new AbortController().signal);
    await this.set(key, value, { ttlSeconds });
    return value;
  }
}
