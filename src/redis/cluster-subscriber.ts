import type { ChannelListener, Subscriber } from './channel-listener.js';
import { onClientEnd } from './client-end.js';
import { hasTag, slotOf } from './key-slot.js';
import { type Duplicable, NodeSubscriber } from './node-subscriber.js';
import type { RedisClient } from './redis-client.js';

/** The part of a `Cluster` that tells which node has what. */
interface ClusterClient {
  /** For each slot its nodes, as `host:port`, the primary first. Filled when it is connected. */
  readonly slots: readonly (readonly string[] | undefined)[];
  nodes(role: 'master'): readonly NodeClient[];
  refreshSlotsCache(callback: () => void): void;
}

type NodeClient = Duplicable & {
  readonly options: { readonly host?: string; readonly port?: number };
};

/** The first wait for a confirmation before it is asked again, and the longest, in milliseconds. */
const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 4000;

/**
 * One connection for each node that somebody listens at. ioredis can subscribe in a cluster by itself,
 * but tells neither when it hears again after a failover nor that a slot with a channel has moved, and
 * its own shard subscribers (5.11 and 6.0) stay silent then.
 *
 * A channel with a hash tag is heard at the node of its slot, where scripts announce it: as a shard
 * channel, if that node knows such. Any other is heard at any one node.
 */
export class ClusterSubscriber implements Subscriber {
  readonly #redis: RedisClient;
  readonly #cluster: ClusterClient;
  readonly #nodes = new Map<string, NodeSubscriber>();
  readonly #places = new Set<Place>();
  #timer: NodeJS.Timeout | undefined;
  #retries = 0;

  constructor(redis: RedisClient) {
    this.#redis = redis;
    this.#cluster = redis as unknown as ClusterClient;
    redis.on('refresh', () => this.#followSlots());
    onClientEnd(redis, () => this.#close());
  }

  listen(channel: string, listener: ChannelListener): () => void {
    const place = new Place(channel, listener, () => this.#retryLater());
    this.#places.add(place);
    this.#put(place);
    this.#retryLater();
    return () => {
      this.#places.delete(place);
      place.stop();
    };
  }

  /** The cluster may have changed: slots that moved take their channels with them. */
  #followSlots(): void {
    for (const place of this.#places) {
      const mayMove = place.node === undefined || hasTag(place.channel);
      if (!mayMove || this.#nodeOf(place) === place.node) continue;
      place.leave();
      this.#put(place);
    }
    const known = new Set(this.#cluster.nodes('master').map(keyOf));
    for (const { node } of this.#places) if (node) known.add(node);
    for (const [key, node] of this.#nodes) {
      if (known.has(key)) continue;
      this.#nodes.delete(key);
      node.close();
    }
  }

  #put(place: Place): void {
    const key = this.#nodeOf(place);
    const node = key === undefined ? undefined : this.#nodeAt(key);
    if (key !== undefined && node) place.enter(key, node);
  }

  #nodeOf({ channel }: Place): string | undefined {
    if (hasTag(channel)) return this.#cluster.slots[slotOf(channel)]?.[0];
    const keys = this.#cluster.nodes('master').map(keyOf);
    return keys[Math.floor(Math.random() * keys.length)];
  }

  #nodeAt(key: string): NodeSubscriber | undefined {
    const existing = this.#nodes.get(key);
    if (existing) return existing;
    const client = this.#cluster.nodes('master').find((node) => keyOf(node) === key);
    if (!client) return undefined;
    const created = new NodeSubscriber(this.#redis, client, { onMoved: () => this.#refresh() });
    this.#nodes.set(key, created);
    return created;
  }

  #unheard(): Place[] {
    return [...this.#places].filter(({ isHeard }) => !isHeard);
  }

  /** A node that is away, or has lost a slot, may not answer; what the client knows may be old. */
  #retryLater(): void {
    if (this.#timer) return;
    const delay = Math.min(FIRST_RETRY_MS * 2 ** this.#retries, LONGEST_RETRY_MS);
    this.#timer = setTimeout(() => this.#retry(), delay).unref();
  }

  #retry(): void {
    this.#timer = undefined;
    if (this.#unheard().length === 0) {
      this.#retries = 0;
      return;
    }
    this.#retries += 1;
    this.#retryLater();
    this.#refresh(() => {
      const unheard = this.#unheard();
      // All leave first, or the channels that several share would not be asked for again.
      for (const place of unheard) place.leave();
      for (const place of unheard) this.#put(place);
    });
  }

  /** Those whose slots have moved move, too: see above. */
  #refresh(then: () => void = () => {}): void {
    this.#cluster.refreshSlotsCache(then);
  }

  #close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const place of this.#places) if (!place.node) place.onClosed();
  }
}

/** Somebody who listens to a channel, at the node where it is heard for now. */
class Place implements ChannelListener {
  readonly channel: string;
  readonly #listener: ChannelListener;
  readonly #onSilence: () => void;
  node: string | undefined;
  isHeard = false;
  stop: () => void = () => {};

  constructor(channel: string, listener: ChannelListener, onSilence: () => void) {
    this.channel = channel;
    this.#listener = listener;
    this.#onSilence = onSilence;
  }

  enter(key: string, node: NodeSubscriber): void {
    this.node = key;
    this.stop = node.listen(this.channel, this);
  }

  leave(): void {
    this.stop();
    this.node = undefined;
    this.stop = () => {};
    if (this.isHeard) this.onLost();
  }

  onMessage(message: string): void {
    this.#listener.onMessage(message);
  }

  onListening(): void {
    this.isHeard = true;
    this.#listener.onListening();
  }

  onLost(): void {
    this.isHeard = false;
    this.#listener.onLost?.();
    this.#onSilence();
  }

  onClosed(): void {
    this.isHeard = false;
    this.#listener.onClosed?.();
  }
}

function keyOf({ options: { host = '127.0.0.1', port = 6379 } }: NodeClient): string {
  return `${host}:${port}`;
}
