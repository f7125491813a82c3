import type { Lease } from '../../../../src/index.js';
import { ChangedLeases } from './changed-leases.js';

/** The signal of a lease never aborts, and it believes that it is held. */
export class QuietLock extends ChangedLeases {
  protected override change(): Partial<Lease> {
    return { signal: new AbortController().signal, isHeld: true };
  }
}
