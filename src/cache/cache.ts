import { bounded } from '../codec/bounded.js';
import { type Codec, seal, standardCodec } from '../codec/codec.js';
import { cacheEvents } from '../diagnostics/index.js';
import { settingsOf } from '../redis/client-settings.js';
import { inParts } from '../redis/in-parts.js';
import type { RedisClient } from '../redis/redis-client.js';
import { RedisRunner } from '../redis/redis-runner.js';
import { validate } from '../settings/validate.js';
import type {
  CacheEntries,
  CacheOptions,
  GetOptions,
  GetOrSetOptions,
  SetManyOptions,
  SetOptions,
} from './cache-options.js';
import { EntryGateway } from './entry-gateway.js';
import { getOrSet } from './get-or-set.js';
import { shorten } from './jitter.js';
import { LoadGateway } from './load-gateway.js';
import { open } from './stored-value.js';
import {
  cacheOptions,
  checkKey,
  checkKeys,
  getOptions,
  setManyOptions,
  setOptions,
  toPairs,
} from './validation.js';

/**
 * Values in Redis, with or without an end to their life.
 *
 * Keys are non-empty strings of up to 1024 bytes, at most 100,000 of them in one call. Values survive
 * the round trip: `Date`, `Map`, `Set`, `bigint`, `undefined` fields, `NaN`, `Buffer`, `Error` and more.
 * Every method throws `QxCacheSettingsError` for a bad key or option, before anything is sent, and
 * `CacheUnavailableError` when Redis does not answer in time.
 *
 * @example
 * const cache = new Cache(redis, { ttlSeconds: 300, jitter: 0.1 });
 * const order = await cache.getOrSet(`order:${id}`, () => db.orders.find(id), { ttlSeconds: 60 });
 */
export class Cache {
  readonly #codec: Codec;
  readonly #jitter: number;
  readonly #ttlSeconds: number | undefined;
  readonly #entries: EntryGateway;
  readonly #loads: LoadGateway;

  /** @throws {@link QxCacheSettingsError} when an option is out of range or unknown */
  constructor(redis: RedisClient, options: CacheOptions = {}) {
    const settings = settingsOf(redis);
    const {
      namespace = settings.namespace,
      codec = standardCodec,
      jitter,
      ttlSeconds,
      maxValueBytes,
    } = validate('Cache', cacheOptions, options);
    const runner = new RedisRunner(redis, settings.commandTimeoutSeconds);
    this.#codec = bounded(codec, maxValueBytes);
    this.#jitter = jitter;
    this.#ttlSeconds = ttlSeconds;
    this.#entries = new EntryGateway(runner, namespace);
    this.#loads = new LoadGateway(runner, namespace);
  }

  /**
   * The value of a key: `undefined` when there is none, `null` when `null` was stored. One GET. Never
   * gives a value whose TTL is over.
   *
   * @throws {@link CacheSerializationError} when what is stored is not readable or does not pass the
   *   schema
   * @example
   * const order = await cache.get(`order:${id}`, { schema: z.object({ id: z.string() }) });
   */
  async get<T = unknown>(key: string, options?: GetOptions<T>): Promise<T | undefined> {
    checkKey(key);
    validate('Cache.get', getOptions, options);
    const text = await this.#entries.read(key);
    return this.#openIfPresent<T>(key, text, options);
  }

  /**
   * Stores a value, and drops the TTL that an earlier one had. A load of this key that is running
   * (see {@link Cache.getOrSet}) will not overwrite it.
   *
   * @returns false when `when` did not hold, so that nothing was stored
   * @throws {@link CacheSerializationError} naming the path inside a value that can't be stored
   * @example
   * await cache.set('rates', rates, { ttlSeconds: 0.5 });
   * const isFirst = await cache.set(`seen:${id}`, true, { ttlSeconds: 60, when: 'absent' });
   */
  async set<T>(key: string, value: T, options?: SetOptions): Promise<boolean> {
    checkKey(key);
    const { ttlSeconds, when = 'always' } = validate('Cache.set', setOptions, options);
    return this.#entries.write(key, seal(this.#codec, value), this.#lifetime(ttlSeconds), when);
  }

  /**
   * Deletes values. A load of such a key that is running will not store what it brings.
   *
   * @returns how many of the values were there
   */
  async delete(...keys: string[]): Promise<number> {
    checkKeys(keys);
    const removed = await inParts(keys, (key) => this.#entries.remove(key));
    return removed.filter(Boolean).length;
  }

  /** Whether there is a value. */
  async exists(key: string): Promise<boolean> {
    checkKey(key);
    return this.#entries.exists(key);
  }

  /**
   * How much longer a value lives, in seconds: `undefined` when there is none, `Infinity` when it
   * has no expiry.
   */
  async ttl(key: string): Promise<number | undefined> {
    checkKey(key);
    return this.#entries.ttl(key);
  }

  /**
   * The values of many keys, in the order of the keys; absent ones are left out. One command, save
   * on a cluster.
   *
   * @throws {@link CacheSerializationError} when one of them is not readable
   */
  async getMany<T = unknown>(keys: readonly string[]): Promise<Map<string, T>> {
    checkKeys(keys);
    const unique = [...new Set(keys)];
    const texts = unique.length === 0 ? [] : await this.#entries.readMany(unique);
    const found = new Map<string, T>();
    for (const [i, key] of unique.entries()) {
      const text = texts[i] ?? null;
      const value = await this.#openIfPresent<T>(key, text);
      if (text !== null) found.set(key, value as T);
    }
    return found;
  }

  /**
   * Stores many values: pairs, a `Map`, or a plain object. All are checked and encoded before the
   * first is written; each is then stored on its own.
   *
   * @throws {@link CacheSerializationError} when one can't be stored; nothing is written then
   * @example
   * await cache.setMany({ 'rate:eur': 1, 'rate:usd': 1.1 }, { ttlSeconds: 60 });
   */
  setMany<T>(
    entries: Iterable<readonly [key: string, value: T]>,
    options?: SetManyOptions,
  ): Promise<void>;
  setMany<T>(entries: Readonly<Record<string, T>>, options?: SetManyOptions): Promise<void>;
  async setMany<T>(entries: CacheEntries<T>, options?: SetManyOptions): Promise<void> {
    const { ttlSeconds } = validate('Cache.setMany', setManyOptions, options);
    const sealed = [...toPairs(entries)].map(
      ([key, value]) => [key, seal(this.#codec, value)] as const,
    );
    await inParts(sealed, ([key, text]) =>
      this.#entries.write(key, text, this.#lifetime(ttlSeconds), 'always'),
    );
  }

  /**
   * The value of a key; when there is none, what `load` gives, which is then stored. However many
   * callers in however many processes ask, one loads and the others wait for it. A hit costs one
   * command.
   *
   * - A failed load is not stored and reaches only its own caller; one of the others loads next.
   * - With `staleSeconds`, a value whose TTL is over is served at once while one process loads it
   *   anew; a failure of that shows on the diagnostics channel alone.
   * - A `set` or a `delete` during a load wins: the loaded value goes to those who waited for it and
   *   is not stored. A `get` after it sees what the `set` or the `delete` left.
   * - A loader that dies holds the others up for ten seconds at most.
   * - With `schema`, every caller gets its output: what was loaded passes through it, too, and what
   *   does not pass is not stored. Stored is what was loaded, not the output.
   *
   * @param load its signal aborts when another process took the load over, or the client was closed
   * @throws whatever `load` throws
   * @throws {@link CacheSerializationError} when the value can't be stored, is not readable, or does
   *   not pass the schema
   * @example
   * const page = await cache.getOrSet(url, (signal) => fetchText(url, { signal }), {
   *   ttlSeconds: 60,
   *   staleSeconds: 600,
   * });
   */
  async getOrSet<T>(
    key: string,
    load: (signal: AbortSignal) => Promise<T>,
    options: GetOrSetOptions<T>,
  ): Promise<T> {
    return getOrSet(this.#loads, this.#codec, this.#jitter, key, load, options);
  }

  async #openIfPresent<T>(key: string, text: string | null, options?: GetOptions<T>) {
    const value =
      text === null ? undefined : await open<T>(this.#codec, key, text, options?.schema);
    cacheEvents.emit(() => ({ event: text === null ? 'miss' : 'hit', key }));
    return value;
  }

  #lifetime(ttlSeconds = this.#ttlSeconds): number | undefined {
    return ttlSeconds === undefined ? undefined : shorten(ttlSeconds, this.#jitter);
  }
}
