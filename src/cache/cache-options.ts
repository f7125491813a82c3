import type { Codec } from '../codec/codec.js';
import type { StandardSchemaV1 } from '../codec/standard-schema.js';

/** How a {@link Cache} works. Durations are in seconds; fractions are allowed. */
export interface CacheOptions {
  /** The start of every key. Default: the namespace of the client, else `qx`. */
  namespace?: string | undefined;
  /**
   * How long a value lives when `set` or `setMany` don't say. Default: none, so such values stay
   * until they are deleted, or until Redis evicts them if it is configured to.
   */
  ttlSeconds?: number | undefined;
  /**
   * Spreads the ends of keys, so that those written together don't all expire together: a fraction
   * from 0 (default, exact) to 1. With 0.5 a value lives between half and all of its TTL.
   */
  jitter?: number | undefined;
  /** How values become text. Default: the standard codec. Make your own with `createCodec`. */
  codec?: Codec | undefined;
  /**
   * The longest text of a value that is stored, in bytes. Default: 64 MiB. A value with a longer one is
   * refused with `CacheSerializationError`.
   */
  maxValueBytes?: number | undefined;
}

/** Options of one `get`. */
export interface GetOptions<T> {
  /**
   * A Standard Schema (zod, valibot, arktype). A stored value that does not pass throws
   * `CacheSerializationError`; of one that passes you get the schema's output.
   */
  schema?: StandardSchemaV1<unknown, T> | undefined;
}

/** Options of one `set`. */
export interface SetOptions {
  /** How long the value lives. Default: the cache's `ttlSeconds`, else for ever. */
  ttlSeconds?: number | undefined;
  /**
   * Store only when there is no value (`absent`) or only when there is one (`present`). Default:
   * always.
   */
  when?: 'absent' | 'present' | undefined;
}

/** Options of one `setMany`. */
export type SetManyOptions = Pick<SetOptions, 'ttlSeconds'>;

/** Options of one `getOrSet`. */
export interface GetOrSetOptions<T> extends GetOptions<T> {
  /** How long the loaded value lives. */
  ttlSeconds: number;
  /**
   * For how long after its end a value may still be served while one process loads it anew.
   * Default: 0, never. Costs a second copy of the value in Redis.
   */
  staleSeconds?: number | undefined;
}

/** What `setMany` takes: pairs (a `Map`, too) or a plain object. */
export type CacheEntries<T> =
  | Iterable<readonly [key: string, value: T]>
  | Readonly<Record<string, T>>;
