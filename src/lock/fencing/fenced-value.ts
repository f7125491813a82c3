import { z } from 'zod';
import { bounded } from '../../codec/bounded.js';
import { type Codec, seal, standardCodec, unseal } from '../../codec/codec.js';
import { codecOption } from '../../codec/codec-option.js';
import { QxCacheSettingsError } from '../../errors/index.js';
import { settingsOf } from '../../redis/client-settings.js';
import type { RedisClient } from '../../redis/redis-client.js';
import { RedisRunner } from '../../redis/redis-runner.js';
import { defaultMaxValueBytes, maxBytes } from '../../settings/byte-count.js';
import { namespace } from '../../settings/cache-settings.js';
import { seconds, toMilliseconds } from '../../settings/durations.js';
import { validate } from '../../settings/validate.js';
import { lockName } from '../lock-options.js';
import { FencedCommands } from './fenced-commands.js';

/** What a {@link FencedValue} is made with. */
export interface FencedValueOptions {
  /**
   * How long the value lives after each write, in seconds, fractions allowed. The memory of the newest
   * token ends with it, and an older one would pass then: choose it longer than any pause you fear.
   */
  ttlSeconds: number;
  /** Every key starts with it. Default: that of the client, or `qx`. */
  namespace?: string | undefined;
  /** How the value becomes text. Default: the standard codec. Make your own with `createCodec`. */
  codec?: Codec | undefined;
  /** The longest text of the value that is stored, in bytes. Default: 64 MiB. */
  maxValueBytes?: number | undefined;
}

const optionsSchema = z.strictObject({
  ttlSeconds: seconds,
  namespace: namespace.optional(),
  codec: codecOption.optional(),
  maxValueBytes: maxBytes.default(defaultMaxValueBytes),
});

/**
 * A value in Redis that refuses a late owner: it is written only with a fencing token that is not older
 * than the newest one it has seen. One script decides and writes.
 *
 * A lock on leases can't exclude alone that an owner that stood still writes after its successor; the
 * value can. Take the token of the lock, the claim or the leadership under which you write. The owner of
 * the newest token may write as often as it likes, and anybody may read.
 *
 * @example
 * const stock = new FencedValue<number>(redis, 'stock:tea', { ttlSeconds: 86_400 });
 * await using lease = await new DistributedLock(redis, 'stock:tea').acquire();
 * await stock.set(((await stock.get()) ?? 0) + 1, lease.token);
 */
export class FencedValue<T = unknown> {
  /** What the value is known by: the same name is the same value, in every process. */
  readonly name: string;
  readonly #codec: Codec;
  readonly #ttlMs: number;
  readonly #commands: FencedCommands;

  /**
   * Sends nothing yet.
   *
   * @param name any text of at most 1024 bytes; usually that of the lock
   * @throws {@link QxCacheSettingsError} when the name or an option is not as
   *   {@link FencedValueOptions} says
   */
  constructor(redis: RedisClient, name: string, options: FencedValueOptions) {
    const settings = settingsOf(redis);
    const checked = validate('FencedValue', optionsSchema, options);
    this.name = lockName(name, 'FencedValue');
    this.#codec = bounded(checked.codec ?? standardCodec, checked.maxValueBytes);
    this.#ttlMs = toMilliseconds(checked.ttlSeconds);
    const runner = new RedisRunner(redis, settings.commandTimeoutSeconds);
    this.#commands = new FencedCommands(runner, checked.namespace ?? settings.namespace, this.name);
  }

  /**
   * Writes the value, which then lives for `ttlSeconds` from now on.
   *
   * @throws {@link LockNotHeldError} with the reason `fenced` when a newer token was seen; nothing was
   *   written
   * @throws {@link QxCacheSettingsError} when the token is no positive safe integer
   * @throws {@link CacheSerializationError} when the value can't be stored, or when what is stored was
   *   written by another codec or by something else; that is not overwritten
   * @throws {@link CacheUnavailableError} when Redis does not answer
   */
  async set(value: T, token: number): Promise<void> {
    checkToken('FencedValue.set', token);
    await this.#commands.set(token, seal(this.#codec, value), this.#ttlMs);
  }

  /**
   * The value, whoever wrote it; `undefined` when there is none.
   *
   * @throws {@link CacheSerializationError} when what is stored is not readable
   * @throws {@link CacheUnavailableError} when Redis does not answer
   */
  async get(): Promise<T | undefined> {
    const text = await this.#commands.get();
    if (text === undefined) return undefined;
    return unseal(this.#codec, text, this.#commands.subject) as T;
  }

  /**
   * Deletes the value. The token stays for `ttlSeconds` from now on, so that an older owner still can't
   * write.
   *
   * @throws {@link LockNotHeldError} with the reason `fenced` when a newer token was seen; nothing was
   *   deleted
   * @throws {@link QxCacheSettingsError} when the token is no positive safe integer
   * @throws {@link CacheSerializationError} when the key holds something that is no fenced value
   * @throws {@link CacheUnavailableError} when Redis does not answer
   */
  async delete(token: number): Promise<void> {
    checkToken('FencedValue.delete', token);
    await this.#commands.delete(token, this.#ttlMs);
  }
}

/** @throws {@link QxCacheSettingsError} for what can't be a token, before anything is sent */
function checkToken(subject: string, token: unknown): void {
  if (Number.isSafeInteger(token) && (token as number) > 0) return;
  const given = typeof token === 'number' ? token : token === null ? 'null' : typeof token;
  throw new QxCacheSettingsError(
    `${subject}: token must be a positive safe integer, as a lease or a claim has (got ${given}).`,
  );
}
