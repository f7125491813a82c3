import type { Lease, LockOptions, RedisClient } from '../../../../src/index.js';
import { ChangedLeases } from './changed-leases.js';

/** Nothing renews a lease. */
export class IdleLock extends ChangedLeases {
  constructor(redis: RedisClient, name: string, options: LockOptions) {
    super(redis, name, { ...options, renew: false });
  }

  protected override change(): Partial<Lease> {
    return { renew: async () => {} };
  }
}
