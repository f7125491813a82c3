import { Scene } from '../scene.js';
import type { CacheUnderTest } from './cache-under-test.js';

/** What a case of the cache suite plays on. */
export class CacheScene extends Scene {
  /** A second key of the case. */
  readonly otherKey = `${this.key}-2`;
  readonly #createCache: () => CacheUnderTest | Promise<CacheUnderTest>;

  constructor(createCache: () => CacheUnderTest | Promise<CacheUnderTest>) {
    super();
    this.#createCache = createCache;
  }

  /** The cache of one more process. */
  async newCache(): Promise<CacheUnderTest> {
    const cache = await this.#createCache();
    this.onEnd(() => cache.delete(this.key, this.otherKey));
    return cache;
  }
}
