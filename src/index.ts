export * from './cache/index.js';
export { type Codec, createCodec, standardCodec } from './codec/codec.js';
export type { CodecType } from './codec/codec-types.js';
export { type CompressionOptions, compressed } from './codec/compressed.js';
export { encrypted } from './codec/encrypted.js';
export { fingerprintOf } from './codec/fingerprint.js';
export type { EncryptionKeys } from './codec/key-ring.js';
export type {
  CacheEvent,
  IdempotencyEvent,
  LockEvent,
  OperationEvent,
  OperationSubject,
} from './diagnostics/index.js';
export * from './errors/index.js';
export * from './idempotency/index.js';
export * from './lock/index.js';
export { createClient } from './redis/create-client.js';
export type { RedisClient } from './redis/redis-client.js';
export { Failure, Result, Success } from './result/result.js';
export type { ResultAdapter } from './result/result-adapter.js';
export { type CacheSettings, cacheSettingsFromEnv } from './settings/cache-settings.js';
