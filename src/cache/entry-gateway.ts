import { inParts } from '../redis/in-parts.js';
import { redisKey } from '../redis/key-space.js';
import { nextOwnerId } from '../redis/owner-id.js';
import { isClusterClient } from '../redis/redis-client.js';
import type { RedisRunner } from '../redis/redis-runner.js';
import { toMilliseconds } from '../settings/durations.js';
import { deleteScript } from './scripts/delete.js';
import { setScript } from './scripts/set.js';

/** Where a value lives in Redis, what belongs to it, and where its waiters listen. */
export function keysOf(namespace: string, key: string) {
  const at = (part?: string) => redisKey(namespace, 'cache', key, part);
  return { value: at(), stale: at('stale'), load: at('load'), channel: at('loaded') };
}

/** Speaks to Redis about stored values: one method, one command for each key. */
export class EntryGateway {
  readonly #runner: RedisRunner;
  readonly #namespace: string;

  constructor(runner: RedisRunner, namespace: string) {
    this.#runner = runner;
    this.#namespace = namespace;
  }

  read(key: string): Promise<string | null> {
    const { redis } = this.#runner;
    return this.#runner.command(() => redis.get(this.#valueKey(key)), `get of ${subject(key)}`);
  }

  /** One MGET; on a cluster, where the keys live on several nodes, a GET for each. */
  readMany(keys: readonly string[]): Promise<(string | null)[]> {
    const { redis } = this.#runner;
    if (isClusterClient(redis)) return inParts(keys, (key) => this.read(key));
    const valueKeys = keys.map((key) => this.#valueKey(key));
    return this.#runner.command(() => redis.mget(valueKeys), `get of ${keys.length} cache keys`);
  }

  async exists(key: string): Promise<boolean> {
    const { redis } = this.#runner;
    const send = () => redis.exists(this.#valueKey(key));
    return (await this.#runner.command(send, `exists of ${subject(key)}`)) === 1;
  }

  /** The rest of a value's life in seconds: `undefined` when absent, `Infinity` without expiry. */
  async ttl(key: string): Promise<number | undefined> {
    const { redis } = this.#runner;
    const send = () => redis.pttl(this.#valueKey(key));
    const milliseconds = await this.#runner.command(send, `ttl of ${subject(key)}`);
    if (milliseconds === -2) return undefined;
    return milliseconds === -1 ? Number.POSITIVE_INFINITY : milliseconds / 1000;
  }

  /** Stores a value; false when `when` did not hold. */
  write(
    key: string,
    text: string,
    ttlSeconds: number | undefined,
    when: 'always' | 'absent' | 'present',
  ): Promise<boolean> {
    const keys = keysOf(this.#namespace, key);
    const receipt = redisKey(this.#namespace, 'cache', key, `set:${nextOwnerId()}`);
    const ttl = ttlSeconds === undefined ? 0 : toMilliseconds(ttlSeconds);
    return this.#runner.script(setScript, { ...keys, receipt, text, ttl, when }, subject(key));
  }

  /** Removes a value; false when there was none. */
  remove(key: string): Promise<boolean> {
    return this.#runner.script(deleteScript, keysOf(this.#namespace, key), subject(key));
  }

  #valueKey(key: string): string {
    return redisKey(this.#namespace, 'cache', key);
  }
}

/** What a command is about, for messages. */
export function subject(key: string): string {
  return `cache key "${key}"`;
}
