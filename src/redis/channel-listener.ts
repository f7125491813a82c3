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

/** Lets listeners hear what is published. */
export interface Subscriber {
  /** Starts to listen, and returns what ends it. Never throws and never waits. */
  listen(channel: string, listener: ChannelListener): () => void;
}

/** A connection for pushes: a client of ioredis. */
export interface SubscriberConnection {
  subscribe(...channels: string[]): Promise<unknown>;
  unsubscribe(...channels: string[]): Promise<unknown>;
  ssubscribe(...channels: string[]): Promise<unknown>;
  sunsubscribe(...channels: string[]): Promise<unknown>;
  on(event: string, listener: (...args: unknown[]) => void): unknown;
  disconnect(reconnect?: boolean): void;
}
