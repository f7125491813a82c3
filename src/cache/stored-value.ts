import { type Codec, unseal } from '../codec/codec.js';
import { passThrough, type StandardSchemaV1 } from '../codec/standard-schema.js';
import { subject } from './entry-gateway.js';

/**
 * Makes a value of stored text: each caller gets one of its own.
 *
 * @throws {@link CacheSerializationError} when it is not readable, or does not pass the schema
 */
export async function open<T>(
  codec: Codec,
  key: string,
  text: string,
  schema?: StandardSchemaV1<unknown, T>,
): Promise<T> {
  const value = unseal(codec, text, subject(key));
  return schema ? passThrough(schema, value, `What is stored for ${subject(key)}`) : (value as T);
}
