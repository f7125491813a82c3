import { settingsOf } from '../../redis/client-settings.js';
import type { RedisClient } from '../../redis/redis-client.js';
import { RedisRunner } from '../../redis/redis-runner.js';

/** Where to look. */
export interface ExpiryOptions {
  /** That of the lock or the store, if it was given one. Default: that of the client, else `qx`. */
  readonly namespace?: string | undefined;
}

/** What a helper works with. */
export function expiryTools(redis: RedisClient, options: ExpiryOptions) {
  const { namespace, commandTimeoutSeconds } = settingsOf(redis);
  return {
    runner: new RedisRunner(redis, commandTimeoutSeconds),
    namespace: options.namespace ?? namespace,
  };
}
