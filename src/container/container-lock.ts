import {
  type AcquireOptions,
  DistributedLock,
  type Lease,
  type LockOptions,
} from '../lock/index.js';
import type { RedisClient } from '../redis/redis-client.js';
import type { LeaseRegister } from './lease-register.js';

/** A lock whose leases end with the container. */
export class ContainerLock extends DistributedLock {
  readonly #register: LeaseRegister;

  constructor(redis: RedisClient, name: string, options: LockOptions, register: LeaseRegister) {
    super(redis, name, options);
    this.#register = register;
  }

  override async acquire(options: AcquireOptions = {}): Promise<Lease> {
    const { signal = this.#register.signal } = options;
    return this.#register.keep(await super.acquire({ ...options, signal }));
  }

  override async tryAcquire(): Promise<Lease | undefined> {
    const lease = await super.tryAcquire();
    return lease && this.#register.keep(lease);
  }
}
