export {
  type CommandMatch,
  type FaultProxy,
  type FaultProxyCounts,
  startFaultProxy,
} from './fault-proxy.js';
export type { FaultProxyTarget } from './fault-proxy-target.js';
export { checkIdempotencyHistory } from './history/check-history.js';
export { historySeconds, type IdempotencyHistoryEntry } from './history/history-entry.js';
export {
  type RecordOptions,
  type RunsOnce,
  recordIdempotencyHistory,
} from './history/record-history.js';
export type {
  IdempotencyHistoryRule,
  IdempotencyHistoryViolation,
} from './history/violation.js';
export { inMemoryRedis } from './in-memory-redis.js';
