export { Cache } from './cache.js';
export type {
  CacheOptions,
  GetOptions,
  GetOrSetOptions,
  SetManyOptions,
  SetOptions,
} from './cache-options.js';
export type { SchemaIssue, SchemaResult, StandardSchemaV1 } from './standard-schema.js';
