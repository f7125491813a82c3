import { Cluster, Redis, type RedisOptions } from 'ioredis';
import type { CacheSettings } from '../settings/cache-settings.js';
import { toTimerDelay } from '../settings/durations.js';
import type { RedisAddress } from '../settings/redis-address.js';

export type ServerAddress = Exclude<RedisAddress, { kind: 'memory' }>;

/** The wait before the next attempt in milliseconds, or `null` for no further attempt. */
export type Retry = (times: number) => number | null;

/** How soon a cluster that could not serve a slot is asked again, in milliseconds. */
const CLUSTER_DELAY_MS = 100;

/** How often a client may reconnect because its server takes no writes any more, in milliseconds. */
const READ_ONLY_MS = 1000;

/** The client that fits the address, not connected yet. */
export function buildClient(
  address: ServerAddress,
  settings: CacheSettings,
  retry: Retry,
): Redis | Cluster {
  const { username, password } = address;
  const connectTimeout = toTimerDelay(settings.connectTimeoutSeconds);
  const node: RedisOptions = {
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    connectTimeout,
    ...(address.tls && { tls: {} }),
  };
  if (address.kind === 'cluster') {
    const commandTimeout = toTimerDelay(settings.commandTimeoutSeconds);
    return new Cluster([...address.nodes], {
      lazyConnect: true,
      redisOptions: node,
      // ioredis would connect to addresses, for which certificates are not made.
      ...(address.tls && { dnsLookup: (name, callback) => callback(null, name) }),
      clusterRetryStrategy: retry,
      slotsRefreshTimeout: connectTimeout,
      // A command whose slot has no primary, or is half-way to another, is sent again for as long as its
      // caller waits. Each time ioredis tries any node first, which sends it on.
      retryDelayOnFailover: CLUSTER_DELAY_MS,
      retryDelayOnClusterDown: CLUSTER_DELAY_MS,
      retryDelayOnTryAgain: CLUSTER_DELAY_MS,
      maxRedirections: 16 + 3 * Math.ceil(commandTimeout / CLUSTER_DELAY_MS),
      // A node that hangs never says that another one has taken its place.
      slotsRefreshInterval: commandTimeout,
    });
  }
  const single: RedisOptions = {
    ...node,
    db: address.db,
    lazyConnect: true,
    retryStrategy: retry,
    reconnectOnError: whenReadOnly(),
  };
  if (address.kind === 'sentinel') return buildSentinelClient(address, single, retry);
  const { host, port } = address;
  return new Redis({ ...single, host, port });
}

function buildSentinelClient(
  { nodes, master, tls, sentinel }: Extract<ServerAddress, { kind: 'sentinel' }>,
  single: RedisOptions,
  retry: Retry,
): Redis {
  const client = new Redis({
    ...single,
    ...(single.connectTimeout !== undefined && { sentinelCommandTimeout: single.connectTimeout }),
    sentinels: [...nodes],
    name: master,
    ...(sentinel.username !== undefined && { sentinelUsername: sentinel.username }),
    ...(sentinel.password !== undefined && { sentinelPassword: sentinel.password }),
    ...(tls && { sentinelTLS: {}, enableTLSForSentinelMode: true }),
    sentinelRetryStrategy: retry,
    // An old primary that hangs, or that only the sentinels can't reach, keeps its connections.
    failoverDetector: true,
  });
  // ioredis forgets to close what listens to the sentinels when a client quits.
  client.on('end', () => {
    const { connector } = client as unknown as {
      connector: { failoverDetector?: { cleanup(): void } | null };
    };
    connector.failoverDetector?.cleanup();
  });
  return client;
}

/**
 * A primary that became a replica, as in a failover that only changes a name's address, may keep its
 * connections: a new one leads to the new primary. Not again and again, as the commands in flight wait.
 */
function whenReadOnly(): (error: Error) => boolean {
  let reconnectedAt = Number.NEGATIVE_INFINITY;
  return ({ message }) => {
    const now = performance.now();
    if (!message.includes('READONLY') || now - reconnectedAt < READ_ONLY_MS) return false;
    reconnectedAt = now;
    return true;
  };
}
