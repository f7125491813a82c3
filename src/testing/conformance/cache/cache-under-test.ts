import type { StandardSchemaV1 } from '../../../codec/standard-schema.js';

/** What the suite needs of a cache: part of what `Cache` has. */
export interface CacheUnderTest {
  get<T>(
    key: string,
    options?: { readonly schema?: StandardSchemaV1<unknown, T> | undefined },
  ): Promise<T | undefined>;
  set<T>(
    key: string,
    value: T,
    options?: {
      readonly ttlSeconds?: number | undefined;
      readonly when?: 'absent' | 'present' | undefined;
    },
  ): Promise<boolean>;
  delete(...keys: string[]): Promise<number>;
  exists(key: string): Promise<boolean>;
  ttl(key: string): Promise<number | undefined>;
  getMany<T>(keys: readonly string[]): Promise<Map<string, T>>;
  setMany<T>(
    entries: Iterable<readonly [key: string, value: T]> | Readonly<Record<string, T>>,
    options?: { readonly ttlSeconds?: number | undefined },
  ): Promise<void>;
  getOrSet<T>(
    key: string,
    load: (signal: AbortSignal) => Promise<T>,
    options: { readonly ttlSeconds: number; readonly staleSeconds?: number | undefined },
  ): Promise<T>;
}
