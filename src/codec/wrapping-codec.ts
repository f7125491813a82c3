import { QxCacheSettingsError } from '../errors/index.js';
import type { Codec } from './codec.js';
import { codecIdPattern, isCodec } from './codec-option.js';

/**
 * The id of a codec that changes the text of another one: it names both, so that a change of either
 * is noticed.
 *
 * @throws {@link QxCacheSettingsError} when the inner one is no codec, or both ids are too long together
 */
export function wrappingId(subject: string, prefix: string, inner: Codec): string {
  if (!isCodec(inner)) {
    throw new QxCacheSettingsError(`${subject}: codec must be a codec; see createCodec().`);
  }
  const id = `${prefix}-${inner.id}`;
  if (codecIdPattern.test(id)) return id;
  throw new QxCacheSettingsError(
    `${subject}: the codec's id must leave room for a prefix: "${id}" is longer than 32 characters.`,
  );
}
