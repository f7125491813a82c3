export { type AcquireAllOptions, acquireAll } from './acquire-all.js';
export type { LeaseOfAll } from './combined-lease.js';
export { DistributedLock } from './distributed-lock.js';
export type { Lease } from './lease.js';
export type { AcquireOptions, LockOptions } from './lock-options.js';
export type { LockState, LockWaiter } from './lock-state.js';
