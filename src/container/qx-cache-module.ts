import { ContainerModule, type ContainerModuleLoadOptions } from 'inversify';
import { Cache } from '../cache/index.js';
import { QxCacheSettingsError } from '../errors/index.js';
import { IdempotencyStore, type IdempotencyStoreOptions } from '../idempotency/index.js';
import { IdempotencyBehavior } from '../mediator/idempotency-behavior.js';
import { Lifetime } from '../mediator/lifetime.js';
import { LockBehavior } from '../mediator/lock-behavior.js';
import { settingsOf } from '../redis/client-settings.js';
import { closeClient } from '../redis/close-client.js';
import { createClient } from '../redis/create-client.js';
import type { RedisClient } from '../redis/redis-client.js';
import { lazily } from './lazily.js';
import { LeaseRegister } from './lease-register.js';
import { LockFactory } from './lock-factory.js';
import { checkModuleOptions, type ModuleOptions } from './module-options.js';
import { QxCache } from './qx-cache.js';
import { REDIS_CLIENT } from './tokens.js';

/**
 * The container module: binds `QxCache`, `REDIS_CLIENT`, `Cache`, `IdempotencyStore`,
 * `LockFactory`, `IdempotencyBehavior` and `LockBehavior`, each as a singleton.
 *
 * With `redis` it loads at once (`container.load`). Without, it connects, so load it with
 * `await container.loadAsync(...)`: that rejects with `CacheConnectionError` when there is no
 * usable server, and binds nothing then.
 *
 * @throws {@link QxCacheSettingsError} when an option is out of range; on load, when the container
 *   has this module already
 * @example
 * ```ts
 * await container.loadAsync(
 *   qxCacheModule({ url: 'redis://127.0.0.1:6379/0', idempotency: { ttlSeconds: 86_400 } }),
 * );
 * ```
 */
export function qxCacheModule(options: ModuleOptions = {}): ContainerModule {
  checkModuleOptions(options);
  const { redis, url, settings } = options;
  if (redis !== undefined) {
    return new ContainerModule((container) => {
      reserve(container);
      bindAll(container, redis, options, async () => {});
    });
  }
  return new ContainerModule((container) =>
    lazily(async () => {
      const undo = reserve(container);
      try {
        const client = await createClient({ ...settings, ...(url !== undefined && { url }) });
        bindAll(container, client, options, () =>
          closeClient(client, settingsOf(client).commandTimeoutSeconds),
        );
      } catch (error) {
        undo();
        throw error;
      }
    }),
  );
}

const loadedModule = Symbol('qx-cache.module');

/**
 * Notes in the container that it has the module, before anything is opened; the returned function
 * takes that back.
 *
 * @throws {@link QxCacheSettingsError} when it has one already
 */
function reserve({ bind, isBound, unbind }: ContainerModuleLoadOptions): () => void {
  // `isBound` falls back to the parent container only where a container has no binding of its own,
  // and a child may well have a module of its own. So this binding makes it look here.
  bind(loadedModule).toConstantValue(undefined).whenNamed('look here');
  if (isBound(loadedModule, { name: 'loaded' })) {
    throw new QxCacheSettingsError(
      'qxCacheModule was loaded into this container before. Load it once; for a second Redis or namespace use a container of its own (a child container will do).',
    );
  }
  const loaded = bind(loadedModule).toConstantValue(undefined).whenNamed('loaded').getIdentifier();
  return () => unbind(loaded);
}

function bindAll(
  { bind }: ContainerModuleLoadOptions,
  redis: RedisClient,
  { settings, idempotency = {}, lock, results, scope = idempotency.scope }: ModuleOptions,
  close: () => Promise<unknown>,
): void {
  const namespace = settings?.namespace;
  const { ttlSeconds, leaseSeconds, maxResultBytes, codec, replayCache, durability, ...policy } =
    idempotency;
  const kept = { ttlSeconds, leaseSeconds, maxResultBytes, codec, replayCache, durability };
  const store: IdempotencyStoreOptions = { ...kept, namespace, results };
  const lifetime = new Lifetime();

  // No decorators, hence no dependence on their kind: each factory says what it takes.
  bind(REDIS_CLIENT).toConstantValue(redis);
  bind(QxCache)
    .toResolvedValue(() => new QxCache(lifetime, close))
    .inSingletonScope()
    .onDeactivation((root) => root.close());
  bind(Cache)
    .toResolvedValue(() => new Cache(redis, { namespace }))
    .inSingletonScope();
  bind(IdempotencyStore)
    .toResolvedValue(() => new IdempotencyStore(redis, store))
    .inSingletonScope();
  bind(LockFactory)
    .toResolvedValue(
      () => new LockFactory(redis, { ...lock, namespace }, new LeaseRegister(lifetime)),
    )
    .inSingletonScope();
  bind(IdempotencyBehavior)
    .toResolvedValue(
      (store: IdempotencyStore) => new IdempotencyBehavior(store, { ...policy, scope }, lifetime),
      [IdempotencyStore],
    )
    .inSingletonScope();
  bind(LockBehavior)
    .toResolvedValue((locks: LockFactory) => new LockBehavior(locks, lifetime), [LockFactory])
    .inSingletonScope();
}
