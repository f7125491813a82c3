export { type AcquireAllOptions, acquireAll } from './acquire-all.js';
export type { LeaseOfAll } from './combined-lease.js';
export { DistributedLock } from './distributed-lock.js';
export type { Lease } from './lease.js';
export type { AcquireOptions, LockOptions, SemaphoreOptions } from './lock-options.js';
export type { Holder, LockState, LockWaiter } from './lock-state.js';
export { ReadWriteLock, type ReadWriteLockState } from './read-write-lock.js';
export { Semaphore, type SemaphoreState } from './semaphore.js';
