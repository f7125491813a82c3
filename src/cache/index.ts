export type { SchemaIssue, SchemaResult, StandardSchemaV1 } from '../codec/standard-schema.js';
export { Cache } from './cache.js';
export type {
  CacheOptions,
  GetOptions,
  GetOrSetOptions,
  SetManyOptions,
  SetOptions,
} from './cache-options.js';
