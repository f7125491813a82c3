import type { Subscriber } from './channel-listener.js';
import { ClusterSubscriber } from './cluster-subscriber.js';
import { isMemoryClient } from './memory-client.js';
import { NodeSubscriber } from './node-subscriber.js';
import { perClient } from './per-client.js';
import { isClusterClient } from './redis-client.js';

/** The one subscriber of a client: all that waits on this client shares its connections. */
export const subscriberOf = perClient(
  (redis): Subscriber =>
    isClusterClient(redis) && !isMemoryClient(redis)
      ? new ClusterSubscriber(redis)
      : new NodeSubscriber(redis, redis),
);
