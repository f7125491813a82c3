import { createCipheriv, createDecipheriv, type KeyObject, randomBytes } from 'node:crypto';
import { CacheSerializationError } from '../errors/index.js';
import { type Codec, standardCodec } from './codec.js';
import { type EncryptionKeys, keyRingOf } from './key-ring.js';
import { wrappingId } from './wrapping-codec.js';

const algorithm = 'aes-256-gcm';
const ivBytes = 12;
const tagBytes = 16;

/**
 * A codec whose text only the holder of the key can read, and nobody can change unnoticed: AES-256-GCM
 * with a random IV for each value. The id of the key stands in front of the text; to rotate keys, add
 * the new one, and make it `current` once every process knows it.
 *
 * It protects each text by itself. Who may write to Redis can't make one up, but can put one in the
 * place of another. Lengths and keys of records stay visible. One key is good for 2³² values.
 *
 * @param key 32 bytes, or several keys of that length by id; a single one has the id `default`
 * @param codec makes the text that is encrypted. Default: the standard codec
 * @throws {@link QxCacheSettingsError} when a key has another length or `current` is not among them
 * @example
 * const codec = encrypted({ current: '2026-11', keys: { '2026-11': newKey, '2026-05': oldKey } });
 * const store = new IdempotencyStore(redis, { codec });
 */
export function encrypted(key: Uint8Array | EncryptionKeys, codec: Codec = standardCodec): Codec {
  const keys = keyRingOf(key);
  const id = wrappingId('encrypted', 'aes', codec);
  return {
    id,
    encode(value) {
      const iv = randomBytes(ivBytes);
      const cipher = createCipheriv(algorithm, keys.current, iv, { authTagLength: tagBytes });
      cipher.setAAD(contextOf(id, keys.currentId));
      const text = [cipher.update(codec.encode(value), 'utf8'), cipher.final()];
      const bytes = Buffer.concat([iv, ...text, cipher.getAuthTag()]);
      return `${keys.currentId}:${bytes.toString('base64')}`;
    },
    decode(text) {
      const colon = text.indexOf(':');
      const keyId = text.slice(0, colon);
      const bytes = Buffer.from(text.slice(colon + 1), 'base64');
      if (colon < 0 || bytes.length < ivBytes + tagBytes) {
        throw new CacheSerializationError('It is no encrypted text, or the end of it is missing.');
      }
      return codec.decode(decrypt(bytes, keys.find(keyId), contextOf(id, keyId)));
    },
  };
}

/** What is checked with the text: moved under another key or codec it does not pass. */
function contextOf(codecId: string, keyId: string): Buffer {
  return Buffer.from(`${codecId}:${keyId}`);
}

function decrypt(bytes: Buffer, key: KeyObject, context: Buffer): string {
  const iv = bytes.subarray(0, ivBytes);
  const decipher = createDecipheriv(algorithm, key, iv, { authTagLength: tagBytes });
  decipher.setAAD(context);
  decipher.setAuthTag(bytes.subarray(-tagBytes));
  try {
    const text = decipher.update(bytes.subarray(ivBytes, -tagBytes));
    return Buffer.concat([text, decipher.final()]).toString();
  } catch (cause) {
    throw new CacheSerializationError(
      'It does not pass the check of its key: the text was changed, or the key of that id has other bytes here than where it was written.',
      { cause },
    );
  }
}
