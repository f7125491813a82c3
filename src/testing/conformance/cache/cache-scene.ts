import { gate } from '../gate.js';
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
  /** A load that goes on until it is told how to end. */
  async openLoad(cache: CacheUnderTest) {
    const started = gate();
    const end = gate<() => string>();
    const load = async () => {
      started.open();
      return (await end.opened)();
    };
    const loading = this.background(cache.getOrSet(this.key, load, { ttlSeconds: 60 }));
    this.onEnd(() => end.open(() => 'the end'));
    await started.opened;
    return {
      loading,
      finish: (value: string) => end.open(() => value),
      fail: (error: Error) =>
        end.open(() => {
          throw error;
        }),
    };
  }
}
