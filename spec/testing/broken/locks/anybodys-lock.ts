import type { Lease } from '../../../../src/index.js';
import { ChangedLeases } from './changed-leases.js';

/** A release frees the lock, whoever has it: `DEL` without a look at the owner. */
export class AnybodysLock extends ChangedLeases {
  protected override change(): Partial<Lease> {
    return { release: async () => void (await this.forceRelease()) };
  }
}
