import { onClientEnd } from './client-end.js';
import { destroyConnection } from './close-client.js';
import { perClient } from './per-client.js';
import { isClusterClient, type RedisClient } from './redis-client.js';

/** Hears what is published on one channel. */
export interface ChannelListener {
  /** A message came. A message is a hint: it can be lost, and Redis alone says what is true. */
  onMessage(message: string): void;
  /**
   * From now on messages arrive; earlier ones may have been missed, so look once. Called when the
   * subscription starts and after every reconnect.
   */
  onListening(): void;
  /** The connection broke: messages get lost until `onListening`. */
  onLost?(): void;
  /** The client was closed: nothing comes any more. */
  onClosed?(): void;
}

interface SubscriberConnection {
  subscribe(...channels: string[]): Promise<unknown>;
  unsubscribe(...channels: string[]): Promise<unknown>;
  on(event: string, listener: (...args: unknown[]) => void): unknown;
  disconnect(): void;
}

/** The one subscriber of a client: all that waits on this client shares its connection. */
export const subscriberOf = perClient((redis) => new Subscriber(redis));

/** One connection for all channels of a client, opened at the first wait, closed with the client. */
export class Subscriber {
  readonly #redis: RedisClient;
  readonly #listeners = new Map<string, Set<ChannelListener>>();
  readonly #confirmed = new Set<string>();
  #connection: SubscriberConnection | undefined;

  constructor(redis: RedisClient) {
    this.#redis = redis;
  }

  /** Starts to listen, and returns what ends it. Never throws and never waits. */
  listen(channel: string, listener: ChannelListener): () => void {
    const listeners = this.#listeners.get(channel);
    if (listeners) {
      listeners.add(listener);
      if (this.#confirmed.has(channel))
        queueMicrotask(() => this.#tellListening(channel, listener));
    } else {
      this.#listeners.set(channel, new Set([listener]));
      this.#subscribe([channel]);
    }
    return () => this.#leave(channel, listener);
  }

  #leave(channel: string, listener: ChannelListener): void {
    const listeners = this.#listeners.get(channel);
    if (!listeners?.delete(listener) || listeners.size > 0) return;
    this.#listeners.delete(channel);
    this.#confirmed.delete(channel);
    this.#connection?.unsubscribe(channel).catch(ignore);
  }

  #subscribe(channels: string[]): void {
    const connection = this.#open();
    connection.subscribe(...channels).then(() => {
      if (connection !== this.#connection) return;
      for (const channel of channels) {
        const listeners = this.#listeners.get(channel);
        if (!listeners) continue;
        this.#confirmed.add(channel);
        for (const listener of [...listeners]) this.#tellListening(channel, listener);
      }
      // A failed SUBSCRIBE (no right to the channel, say) is not fatal: those who wait also look
      // from time to time.
    }, ignore);
  }

  #tellListening(channel: string, listener: ChannelListener): void {
    if (this.#listeners.get(channel)?.has(listener)) listener.onListening();
  }

  #allListeners(): ChannelListener[] {
    return [...this.#listeners.values()].flatMap((all) => [...all]);
  }

  #open(): SubscriberConnection {
    if (this.#connection) return this.#connection;
    const connection = duplicateForSubscribing(this.#redis);
    this.#connection = connection;
    connection.on('error', ignore);
    connection.on('message', (channel, message) => {
      const listeners = this.#listeners.get(String(channel));
      for (const listener of [...(listeners ?? [])]) listener.onMessage(String(message));
    });
    let isReconnect = false;
    connection.on('ready', () => {
      const channels = [...this.#listeners.keys()];
      if (isReconnect && channels.length > 0) this.#subscribe(channels);
      isReconnect = true;
    });
    connection.on('close', () => {
      if (connection !== this.#connection) return;
      this.#confirmed.clear();
      for (const listener of this.#allListeners()) listener.onLost?.();
    });
    const close = () => {
      if (connection !== this.#connection) return;
      forget();
      this.#connection = undefined;
      this.#confirmed.clear();
      destroyConnection(connection);
      for (const listener of this.#allListeners()) listener.onClosed?.();
    };
    const forget = onClientEnd(this.#redis, close);
    connection.on('end', close);
    return connection;
  }
}

function duplicateForSubscribing(redis: RedisClient): SubscriberConnection {
  // A client that is closed while it reconnects never says so (no `end` in ioredis 5 and 6).
  const retry = (times: number) => (isClosed(redis) ? null : Math.min(times * 50, 2000));
  const options = {
    // The ready check sends INFO, which a subscribed connection refuses.
    enableReadyCheck: false,
    // A subscription waits for the server as long as it takes.
    maxRetriesPerRequest: null,
    // The first SUBSCRIBE is sent before the connection is there.
    enableOfflineQueue: true,
    lazyConnect: false,
  };
  const duplicate = redis.duplicate as (...args: unknown[]) => unknown;
  const args = isClusterClient(redis)
    ? [[], { enableOfflineQueue: true, redisOptions: options, clusterRetryStrategy: retry }]
    : [{ ...options, retryStrategy: retry }];
  return duplicate.apply(redis, args) as SubscriberConnection;
}

function isClosed(redis: RedisClient): boolean {
  const { status, manuallyClosing } = redis as { status?: string; manuallyClosing?: boolean };
  return status === 'end' || manuallyClosing === true;
}

function ignore(): void {}
