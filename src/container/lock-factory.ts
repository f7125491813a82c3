import {
  type AcquireOptions,
  acquireAll,
  type DistributedLock,
  type Lease,
  type LockOptions,
} from '../lock/index.js';
import { lockQueues } from '../lock/lock-commands.js';
import { lockName, lockOptions } from '../lock/lock-options.js';
import type { AccompanyingAttempt } from '../lock/queue/accompanying-attempt.js';
import { Acquirer } from '../lock/queue/acquirer.js';
import { waitingRoomOf } from '../lock/queue/waiting-room.js';
import type { LockSource } from '../mediator/lock-behavior.js';
import { isClusterClient, type RedisClient } from '../redis/redis-client.js';
import { override } from '../settings/override.js';
import { ContainerLock } from './container-lock.js';
import type { LeaseRegister } from './lease-register.js';

/** Makes locks with the client and the lock options of the module. Their leases end with it. */
export class LockFactory implements LockSource {
  readonly #redis: RedisClient;
  readonly #defaults: LockOptions;
  readonly #register: LeaseRegister;

  /** What the locks live in; for the behavior. */
  readonly scope: object;

  /** For the module; get one from the container. */
  constructor(redis: RedisClient, defaults: LockOptions, register: LeaseRegister) {
    this.#redis = redis;
    this.#defaults = defaults;
    this.#register = register;
    this.scope = waitingRoomOf(redis, defaults.namespace);
  }

  /**
   * A lock of that name.
   *
   * @param options override the module's
   * @throws {@link QxCacheSettingsError} when the name or an option is not allowed
   * @example
   * await using lease = await container.get(LockFactory).lock('outbox-relay').acquire();
   */
  lock(name: string, options?: LockOptions): DistributedLock {
    const all = override(this.#defaults, options);
    return new ContainerLock(this.#redis, name, all, this.#register);
  }

  /**
   * Takes several locks, all or none, in an order that excludes deadlocks.
   *
   * @param options override the module's
   * @throws {@link LockTimeoutError} when they were not all free in time
   */
  async acquireAll(
    names: readonly string[],
    options: LockOptions & AcquireOptions = {},
  ): ReturnType<typeof acquireAll> {
    const { signal = this.#register.signal } = options;
    const all = { ...override<LockOptions>(this.#defaults, options), signal };
    return this.#register.keep(await acquireAll(this.#redis, names, all));
  }

  /**
   * An attempt that is sent with the claim of the same command; for the behavior. On a cluster the two
   * can be on different nodes.
   */
  accompany(name: string, options: LockOptions): AccompanyingAttempt | undefined {
    if (isClusterClient(this.#redis)) return undefined;
    const all = lockOptions(override(this.#defaults, options));
    return new Acquirer('LockFactory', this.#redis, all, (room) =>
      room.commandsOf(lockQueues, lockName(name)),
    ).accompany();
  }

  /** Keeps a lease until the container is closed; for the behavior. */
  keep<L extends Lease>(lease: L): Promise<L> {
    return this.#register.keep(lease);
  }
}
