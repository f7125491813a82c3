import { randomUUID } from 'node:crypto';
import type { Cluster, Redis } from 'ioredis';
import { type CacheSettings, resolveSettings } from '../settings/cache-settings.js';
import { toTimerDelay } from '../settings/durations.js';
import { parseRedisUrl } from '../settings/redis-address.js';
import { showInstead } from '../settings/show-instead.js';
import { buildClient, type ServerAddress } from './build-client.js';
import { rememberSettings } from './client-settings.js';
import { destroyConnection, isWaitingForPeer } from './close-client.js';
import { connectionFailure } from './connection-failure.js';
import { redisKey } from './key-space.js';
import { openMemoryClient } from './memory-client.js';

/**
 * Connects to Redis, and resolves only when the server answered and can run scripts and writes.
 *
 * The client remembers its namespace and time limits; `Cache`, `IdempotencyStore` and
 * `DistributedLock` take them from it. A setting given here wins over the environment
 * (`QX_CACHE_URL` and so on), which wins over the default. Printed, or as JSON, the client shows these
 * settings without the password, and not the options of ioredis, which have it.
 *
 * @throws {@link QxCacheSettingsError} when a setting or the URL is malformed
 * @throws {@link CacheConnectionError} when there is no usable server; what was opened is closed
 * @example
 * const redis = await createClient('redis://127.0.0.1:6379/0');
 * // ...
 * await redis.quit();
 */
export async function createClient(
  urlOrSettings: string | Partial<CacheSettings> = {},
): Promise<Redis | Cluster> {
  const settings = resolveSettings(
    typeof urlOrSettings === 'string' ? { url: urlOrSettings } : urlOrSettings,
  );
  const address = parseRedisUrl(settings.url);
  const client =
    address.kind === 'memory'
      ? await openMemoryClient(address.name)
      : await openServerClient(address, settings);
  rememberSettings(client, settings);
  // ioredis has the password among its options, and would print it.
  return showInstead(client, () => ({ status: client.status, settings }));
}

async function openServerClient(
  address: ServerAddress,
  settings: CacheSettings,
): Promise<Redis | Cluster> {
  let isUsable = false;
  // While createClient tries, one failure is the answer; afterwards ioredis reconnects by itself.
  const client = buildClient(address, settings, (times) =>
    isUsable ? Math.min(times * 50, 2000) : null,
  );
  await connect(client, address, settings);
  isUsable = true;
  return client;
}

async function connect(
  client: Redis | Cluster,
  address: ServerAddress,
  settings: CacheSettings,
): Promise<void> {
  const failures: unknown[] = [];
  // Also keeps ioredis from printing errors: from here on they reach the caller of each command.
  client.on('error', (error) => {
    if (failures.length < 10) failures.push(error);
  });
  const limit = settings.connectTimeoutSeconds;
  let timer: NodeJS.Timeout | undefined;
  const givenUp = new Promise<never>((_, reject) => {
    const onTimeout = () => reject(new Error(`the server did not answer within ${limit} s`));
    timer = setTimeout(onTimeout, toTimerDelay(limit));
    client.once('end', () => reject(new Error('Connection is closed')));
  });
  try {
    await Promise.race([client.connect().then(() => probe(client, address, settings)), givenUp]);
  } catch (error) {
    // A server without TLS takes the connection and then waits for a command it understands.
    const isTls = address.tls;
    const isHandshake = isTls && isWaitingForPeer(client);
    destroyConnection(client);
    const cause = isHandshake ? new Error('the server did not answer the TLS hello') : error;
    throw connectionFailure(settings.url, [cause, ...failures], isTls);
  } finally {
    clearTimeout(timer);
    failures.length = 0;
  }
}

/** One script that writes: shows rights, scripting and a primary at once. Leaves nothing behind. */
async function probe(
  client: Redis | Cluster,
  address: ServerAddress,
  settings: CacheSettings,
): Promise<void> {
  // ioredis goes on in database 0 when the server does not have the one that was asked for.
  if ('db' in address && address.db > 0) await (client as Redis).select(address.db);
  const key = redisKey(settings.namespace, 'cache', `probe:${randomUUID()}`);
  await client.eval(
    "redis.call('SET', KEYS[1], '1', 'PX', '1000') return redis.call('DEL', KEYS[1])",
    1,
    key,
  );
}
