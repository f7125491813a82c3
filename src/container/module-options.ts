import { z } from 'zod';
import { QxCacheSettingsError } from '../errors/index.js';
import { storeOptions } from '../idempotency/idempotency-options.js';
import type { IdempotencyStoreOptions } from '../idempotency/index.js';
import type { LockOptions } from '../lock/index.js';
import { lockSchema } from '../lock/lock-options.js';
import { type IdempotencyDefaults, policyOptions } from '../mediator/idempotent-options.js';
import type { RedisClient } from '../redis/redis-client.js';
import type { ResultAdapter } from '../result/result-adapter.js';
import { type CacheSettings, namespace, resolveSettings } from '../settings/cache-settings.js';
import { functionOption } from '../settings/common-options.js';
import { validate } from '../settings/validate.js';

/**
 * What `qxCacheModule` takes. At most one of `url`, `settings.url` and `redis` says where Redis is;
 * without any, the environment (`QX_CACHE_URL`) or the default does.
 */
export interface ModuleOptions {
  /** The module connects, and closes the connection with `QxCache.close()`. Needs `loadAsync`. */
  url?: string | undefined;
  /** As for `createClient`. Beside `redis` only `namespace` has a meaning. */
  settings?: Partial<CacheSettings> | undefined;
  /** A client of yours: `load` is synchronous then, and the client stays yours to close. */
  redis?: RedisClient | undefined;
  /** How commands are made idempotent, unless their decorator says otherwise. */
  idempotency?:
    | (Omit<IdempotencyStoreOptions, 'namespace' | 'results'> & IdempotencyDefaults)
    | undefined;
  /** How locks work, unless a decorator or the call of `LockFactory.lock` says otherwise. */
  lock?: Omit<LockOptions, 'namespace'> | undefined;
  /** Result kinds of other libraries: which responses are successes, and what of them is stored. */
  results?: readonly ResultAdapter[] | undefined;
  /** Short for `idempotency.scope`. */
  scope?: IdempotencyDefaults['scope'];
}

const { namespace: _, results, ...storeShape } = storeOptions.shape;

const schema = z.strictObject({
  url: z.string({ error: 'must be a string' }).optional(),
  settings: z
    .custom<Partial<CacheSettings>>((x) => typeof x === 'object' && x !== null, 'must be an object')
    .optional(),
  redis: z
    .custom<RedisClient>(
      (x) => typeof (x as Partial<RedisClient> | null)?.evalsha === 'function',
      'must be a client of ioredis',
    )
    .optional(),
  idempotency: z
    .strictObject({ ...policyOptions, ...storeShape, name: functionOption.optional() })
    .optional(),
  lock: lockSchema.omit({ namespace: true }).optional(),
  results,
  scope: functionOption.optional(),
});

/** @throws {@link QxCacheSettingsError} naming every option that is out of range or contradicts another */
export function checkModuleOptions(options: ModuleOptions): void {
  validate('qxCacheModule', schema, options);
  const { url, settings = {}, redis, scope, idempotency } = options;
  const places = { url, 'settings.url': settings.url, redis };
  const given = Object.entries(places).filter(([, place]) => place !== undefined);
  if (given.length > 1) {
    throw new QxCacheSettingsError(
      `qxCacheModule: ${given.map(([name]) => name).join(' and ')} were given. Only one of url, settings.url and redis can say where Redis is.`,
    );
  }
  if (scope !== undefined && idempotency?.scope !== undefined) {
    throw new QxCacheSettingsError(
      'qxCacheModule: scope and idempotency.scope were given. Give one.',
    );
  }
  if (redis === undefined) {
    // Without the environment: that one is asked when the module is loaded.
    resolveSettings({ ...settings, ...(url !== undefined && { url }) }, {});
    return;
  }
  validate(
    'qxCacheModule: settings beside redis',
    z.strictObject({ namespace: namespace.optional() }),
    settings,
  );
}
