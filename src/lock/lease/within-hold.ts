import type { Operation } from '../../diagnostics/index.js';
import type { LeaseOfAll } from './combined-lease.js';
import type { Lease } from './lease.js';

/** The holds that somebody listens to. */
const holds = new WeakMap<Lease, Operation>();

/** Remembers what holding a lease was told as. */
export function tellHold(lease: Lease, hold: Operation): void {
  holds.set(lease, hold);
}

/** Runs work as a part of holding a lease; of several, the first is the innermost. Without listeners it is the mere call. */
export function withinHold<T>(lease: Lease, work: () => T): T {
  const leases = 'leases' in lease ? [...(lease as LeaseOfAll).leases.values()] : [lease];
  return leases.reduce<() => T>((inner, each) => {
    const hold = holds.get(each);
    return hold ? () => hold.run(inner) : inner;
  }, work)();
}
