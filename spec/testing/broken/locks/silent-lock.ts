import type { Lease } from '../../../../src/index.js';
import { ChangedLeases } from './changed-leases.js';

/** A lease that was lost does not say so. */
export class SilentLock extends ChangedLeases {
  protected override change(lease: Lease): Partial<Lease> {
    const release = () => lease.release().catch(() => {});
    const renew = (ttlSeconds?: number) => lease.renew(ttlSeconds).catch(() => {});
    return { release, renew, [Symbol.asyncDispose]: release };
  }
}
