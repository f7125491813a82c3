export type { Claim } from './claim.js';
export type {
  ClaimOptions,
  Durability,
  IdempotencyStoreOptions,
  ReplayCacheOptions,
  RunOptions,
} from './idempotency-options.js';
export type { IdempotencyRecord } from './idempotency-record.js';
export { type ClaimResult, IdempotencyStore } from './idempotency-store.js';
export type { Step } from './steps.js';
