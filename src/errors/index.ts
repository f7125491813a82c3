export * from './connection-errors.js';
export * from './idempotency-errors.js';
export * from './lock-errors.js';
export { isQxCacheError, QxCacheError, type QxCacheErrorCode } from './qx-cache-error.js';
