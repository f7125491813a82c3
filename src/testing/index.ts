export type { CacheUnderTest } from './conformance/cache/cache-under-test.js';
export { conformance } from './conformance/conformance.js';
export type { ConformanceCase, ConformanceOptions } from './conformance/conformance-case.js';
export type { IdempotencyConformanceOptions } from './conformance/idempotency/idempotency-conformance.js';
export type { ExpireClaim } from './conformance/idempotency/store-scene.js';
export type {
  ClaimOptionsUnderTest,
  ClaimResultUnderTest,
  ClaimUnderTest,
  RunOptionsUnderTest,
  StoreUnderTest,
} from './conformance/idempotency/store-under-test.js';
export type {
  AcquireOptionsUnderTest,
  CreateLock,
  LeaseUnderTest,
  LockOptionsUnderTest,
  LockStateUnderTest,
  LockUnderTest,
} from './conformance/lock/lock-under-test.js';
export { expireClaim } from './expiry/expire-claim.js';
export { expireLease, type LeaseTarget } from './expiry/expire-lease.js';
export type { ExpiryOptions } from './expiry/expiry-options.js';
export {
  type CommandMatch,
  type FaultProxy,
  type FaultProxyCounts,
  startFaultProxy,
} from './fault-proxy.js';
export type { FaultProxyTarget } from './fault-proxy-target.js';
export { checkIdempotencyHistory } from './history/check-history.js';
export { checkLockHistory } from './history/check-lock-history.js';
export { historySeconds, type IdempotencyHistoryEntry } from './history/history-entry.js';
export type {
  LockHistoryEntry,
  LockHistoryEvent,
  LockHistoryStamp,
  LockHistoryViolation,
} from './history/lock-history-entry.js';
export {
  type RecordOptions,
  type RunsOnce,
  recordIdempotencyHistory,
} from './history/record-history.js';
export { type Acquirable, recordLockHistory } from './history/record-lock-history.js';
export type {
  IdempotencyHistoryRule,
  IdempotencyHistoryViolation,
} from './history/violation.js';
export { inMemoryRedis } from './in-memory-redis.js';
