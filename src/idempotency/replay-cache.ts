import { LRUCache } from 'lru-cache';
import type { ChannelListener, Subscriber } from '../redis/channel-listener.js';
import { areaPrefix, redisKey } from '../redis/key-space.js';
import type { RedisClient } from '../redis/redis-client.js';
import { subscriberOf } from '../redis/subscriber.js';

/** A completed result as its record holds it. */
export interface RememberedResult {
  readonly kind: string;
  /** Text of the codec: each replay makes a value of its own from it. */
  readonly result: string;
  /** Empty: the record has none, so nothing is compared. `undefined`: not known here. */
  readonly fingerprint: string | undefined;
  /** `undefined` or empty: none, or not known here. */
  readonly version?: string | undefined;
}

/** Where removals are announced: one channel for all keys of a namespace. */
export function removalChannel(namespace: string): string {
  return `${areaPrefix(namespace, 'idempotency')}removed`;
}

/**
 * Completed results in the memory of this process, so that a replay costs no command. A stored result
 * never changes until its TTL ends or it is removed; so an entry is right until its TTL is over,
 * counted from before Redis was asked, and as long as removals are heard. While they are not, nothing
 * is remembered. `maxAgeSeconds` bounds what a message that got lost can do.
 */
export class ReplayCache implements ChannelListener {
  readonly #entries: LRUCache<string, RememberedResult>;
  readonly #namespace: string;
  readonly #subscriber: Subscriber;
  readonly #maxAgeSeconds: number;
  #stopListening: (() => void) | undefined;
  #isHearing = false;
  /** When Redis was asked before this, the answer may have been removed since; monotonic clock, ms. */
  #trustedSince = Number.POSITIVE_INFINITY;

  constructor(
    redis: RedisClient,
    namespace: string,
    { maxEntries, maxAgeSeconds }: { maxEntries: number; maxAgeSeconds: number },
  ) {
    this.#subscriber = subscriberOf(redis);
    this.#namespace = namespace;
    this.#maxAgeSeconds = maxAgeSeconds;
    this.#entries = new LRUCache({
      max: maxEntries,
      ttl: maxAgeSeconds * 1000,
      // Looks at the clock each time. The default keeps a reading, for as long as a blocked event loop
      // blocks.
      ttlResolution: 0,
    });
  }

  /** Starts to listen for removals. To be called when Redis answered: it opens a connection. */
  listen(): void {
    this.#stopListening ??= this.#subscriber.listen(removalChannel(this.#namespace), this);
  }

  /**
   * What is remembered for a key, if it still holds.
   *
   * @param caller a fingerprint that can't be compared here, and any other version, are for Redis to judge
   */
  find(
    key: string,
    caller: { readonly fingerprint?: string; readonly version?: string } = {},
  ): RememberedResult | undefined {
    const found = this.#entries.get(this.#tagOf(key));
    if (caller.fingerprint && found?.fingerprint === undefined) return undefined;
    if (caller.version && found?.version !== caller.version) return undefined;
    return found;
  }

  /**
   * Remembers a result, unless it may have been removed meanwhile.
   *
   * @param sentAt `performance.now()` when Redis was asked: its TTL ends no earlier than counted from it
   */
  remember(key: string, result: RememberedResult, ttlSeconds: number, sentAt: number): void {
    // It was read or stored later than what is there.
    this.drop(key);
    const ttl = Math.min(ttlSeconds, this.#maxAgeSeconds) * 1000;
    // Zero would mean for ever to the LRU cache.
    if (!this.#isHearing || sentAt <= this.#trustedSince || ttl <= 0) return;
    const { kind, result: text, fingerprint, version } = result;
    const entry = { kind, result: text, fingerprint, version };
    this.#entries.set(this.#tagOf(key), entry, { ttl, start: sentAt });
  }

  /** What is there holds no longer, e.g. as a claim was granted: no result is stored. */
  drop(key: string): void {
    this.#entries.delete(this.#tagOf(key));
  }

  /** A result was removed, or may be soon. */
  forget(key: string): void {
    this.#forgetTag(this.#tagOf(key));
  }

  onMessage(recordKey: string): void {
    // A `keyPrefix` of the client that sent it may stand in front; the hash tag is the same for all.
    this.#forgetTag(recordKey.slice(recordKey.lastIndexOf('{')));
  }

  onListening(): void {
    this.#isHearing = true;
    this.#forgetAll();
  }

  onLost(): void {
    this.#isHearing = false;
    this.#forgetAll();
  }

  onClosed(): void {
    this.onLost();
    this.#stopListening?.();
    this.#stopListening = undefined;
  }

  #forgetAll(): void {
    this.#entries.clear();
    this.#trustedSince = performance.now();
  }

  #forgetTag(tag: string): void {
    this.#entries.delete(tag);
    this.#trustedSince = performance.now();
  }

  #tagOf(key: string): string {
    const recordKey = redisKey(this.#namespace, 'idempotency', key);
    return recordKey.slice(recordKey.lastIndexOf('{'));
  }
}
