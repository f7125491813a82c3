import type { ChannelListener, Subscriber, SubscriberConnection } from './channel-listener.js';
import { onClientEnd } from './client-end.js';
import { destroyConnection } from './close-client.js';
import { hasTag } from './key-slot.js';
import type { RedisClient } from './redis-client.js';

/** What makes a connection like its own, as a client of one server does. */
export type Duplicable = Pick<RedisClient, 'duplicate'>;

/** How the channels of a node of a cluster differ from those of a lone server. */
export interface Shards {
  /** A channel that was listened to here has moved to another node. */
  onMoved(): void;
}

/** One connection for all channels, opened at the first wait, closed with the client. */
export class NodeSubscriber implements Subscriber {
  readonly #redis: RedisClient;
  readonly #node: Duplicable;
  readonly #listeners = new Map<string, Set<ChannelListener>>();
  readonly #confirmed = new Set<string>();
  readonly #shards: Shards | undefined;
  /** What this server says when it is asked for a shard channel; only nodes of a cluster are. */
  #hasShards: boolean;
  #connection: SubscriberConnection | undefined;
  #forgetEnd: (() => void) | undefined;

  /**
   * @param redis whose end ends this
   * @param node to which to connect
   * @param shards for a node of a cluster: a channel with a hash tag is a shard channel there
   */
  constructor(redis: RedisClient, node: Duplicable, shards?: Shards) {
    this.#redis = redis;
    this.#node = node;
    this.#shards = shards;
    this.#hasShards = shards !== undefined;
  }

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

  /** Closes the connection. Whoever still listens is told that nothing comes any more. */
  close(): void {
    const connection = this.#connection;
    if (!connection) return;
    this.#forgetEnd?.();
    this.#connection = undefined;
    this.#confirmed.clear();
    destroyConnection(connection);
    for (const listener of this.#allListeners()) listener.onClosed?.();
  }

  #leave(channel: string, listener: ChannelListener): void {
    const listeners = this.#listeners.get(channel);
    if (!listeners?.delete(listener) || listeners.size > 0) return;
    this.#listeners.delete(channel);
    this.#confirmed.delete(channel);
    const verb = this.#isSharded(channel) ? 'sunsubscribe' : 'unsubscribe';
    this.#connection?.[verb](channel).catch(ignore);
  }

  #subscribe(channels: string[]): void {
    const connection = this.#open();
    const plain = channels.filter((channel) => !this.#isSharded(channel));
    if (plain.length > 0) this.#confirm(connection, plain, connection.subscribe(...plain));
    // One by one: the channels of one command would have to share a slot.
    for (const channel of channels.filter((each) => this.#isSharded(each))) {
      this.#confirm(connection, [channel], connection.ssubscribe(channel), () => {
        this.#hasShards = false;
        this.#subscribe([channel]);
      });
    }
  }

  /** @param onUnknown the server has no such command, or the user may not send it */
  #confirm(
    connection: SubscriberConnection,
    channels: string[],
    subscribing: Promise<unknown>,
    onUnknown?: () => void,
  ): void {
    subscribing.then(
      () => {
        if (connection !== this.#connection) return;
        for (const channel of channels) {
          const listeners = this.#listeners.get(channel);
          if (!listeners) continue;
          this.#confirmed.add(channel);
          for (const listener of [...listeners]) this.#tellListening(channel, listener);
        }
      },
      // Any other failed SUBSCRIBE (no right to the channel, say) is not fatal: those who wait also
      // look from time to time.
      (error: Error) => {
        const isUnknown = /unknown command|NOPERM/i.test(error.message);
        if (isUnknown && connection === this.#connection) onUnknown?.();
      },
    );
  }

  #isSharded(channel: string): boolean {
    return this.#hasShards && hasTag(channel);
  }

  #tellListening(channel: string, listener: ChannelListener): void {
    if (this.#listeners.get(channel)?.has(listener)) listener.onListening();
  }

  #allListeners(): ChannelListener[] {
    return [...this.#listeners.values()].flatMap((all) => [...all]);
  }

  #open(): SubscriberConnection {
    if (this.#connection) return this.#connection;
    const connection = connectForPushes(this.#redis, this.#node);
    this.#connection = connection;
    connection.on('error', (error) => this.#onError(connection, error as Error));
    connection.on('moved', () => this.#shards?.onMoved());
    const onMessage = (channel: unknown, message: unknown) => {
      const listeners = this.#listeners.get(String(channel));
      for (const listener of [...(listeners ?? [])]) listener.onMessage(String(message));
    };
    connection.on('message', onMessage);
    connection.on('smessage', onMessage);
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
      if (connection === this.#connection) this.close();
    };
    this.#forgetEnd = onClientEnd(this.#redis, close);
    connection.on('end', close);
    return connection;
  }

  /**
   * A node that gives a slot away ends the subscriptions to its channels, unasked. ioredis 6 says
   * `moved` then; ioredis 5 finds an answer too many, and may take it for that of another command.
   */
  #onError(connection: SubscriberConnection, { message }: Error): void {
    if (!this.#shards || !message.startsWith('Command queue state error')) return;
    if (message.includes('Last reply: sunsubscribe')) this.#shards.onMoved();
    else connection.disconnect(true);
  }
}

function connectForPushes(redis: RedisClient, node: Duplicable): SubscriberConnection {
  // A client that is closed while it reconnects never says so (no `end` in ioredis 5 and 6).
  const retryStrategy = (times: number) => (isClosed(redis) ? null : Math.min(times * 50, 2000));
  const options = {
    retryStrategy,
    // The ready check sends INFO, which a subscribed connection refuses.
    enableReadyCheck: false,
    // A subscription waits for the server as long as it takes.
    maxRetriesPerRequest: null,
    // The first SUBSCRIBE is sent before the connection is there.
    enableOfflineQueue: true,
    lazyConnect: false,
    // After a reconnect each channel is asked for here, so that it is known when it is heard again.
    autoResubscribe: false,
  };
  const duplicate = node.duplicate as (options: object) => SubscriberConnection;
  return duplicate.call(node, options);
}

function isClosed(redis: RedisClient): boolean {
  const { status, manuallyClosing } = redis as { status?: string; manuallyClosing?: boolean };
  return status === 'end' || manuallyClosing === true;
}

function ignore(): void {}
