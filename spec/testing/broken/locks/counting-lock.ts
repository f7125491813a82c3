import type { Lease } from '../../../../src/index.js';
import { ChangedLeases } from './changed-leases.js';

/** Each process counts its tokens. */
export class CountingLock extends ChangedLeases {
  #last = 0;

  protected override change(): Partial<Lease> {
    this.#last += 1;
    return { token: this.#last };
  }
}
