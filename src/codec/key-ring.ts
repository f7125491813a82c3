import { createSecretKey, type KeyObject } from 'node:crypto';
import { CacheSerializationError, QxCacheSettingsError } from '../errors/index.js';

/** Several keys by id, so that they can be rotated. Ids: letters, digits, `_` and `-`; no secrets. */
export interface EncryptionKeys {
  /** The id of the key that writes. */
  readonly current: string;
  /** All keys that read, 32 bytes each. */
  readonly keys: Readonly<Record<string, Uint8Array>>;
}

/** The keys in a form that shows none of their bytes, however it is printed. */
export interface KeyRing {
  readonly currentId: string;
  readonly current: KeyObject;
  /** @throws {@link CacheSerializationError} naming the id when there is no such key */
  find(id: string): KeyObject;
}

const keyBytes = 32;
const idPattern = /^[\w-]{1,32}$/;

/**
 * Copies the keys: changing the bytes that were given changes nothing later.
 *
 * @throws {@link QxCacheSettingsError} when one is wrong; it tells ids and lengths, never bytes
 */
export function keyRingOf(given: Uint8Array | EncryptionKeys): KeyRing {
  const { current: currentId, keys } = isEncryptionKeys(given)
    ? given
    : { current: 'default', keys: { default: given } };
  const ring = new Map(Object.entries(keys).map(([id, bytes]) => [id, keyOf(id, bytes)]));
  const current = ring.get(currentId);
  if (!current) {
    throw new QxCacheSettingsError('encrypted: current must be the id of one of the keys.');
  }
  return {
    currentId,
    current,
    find(id) {
      const key = ring.get(id);
      if (key) return key;
      const name = idPattern.test(id) ? `key "${id}"` : 'a key with a malformed id';
      throw new CacheSerializationError(
        `It was encrypted with ${name}, which is not among the keys of encrypted(). Give it that key to read what it wrote.`,
      );
    },
  };
}

function isEncryptionKeys(given: unknown): given is EncryptionKeys {
  if (typeof given !== 'object' || given === null || !('keys' in given)) return false;
  return typeof given.keys === 'object' && given.keys !== null;
}

function keyOf(id: string, bytes: unknown): KeyObject {
  if (!idPattern.test(id)) {
    throw new QxCacheSettingsError(
      'encrypted: the id of a key must be 1 to 32 letters, digits, _ or -.',
    );
  }
  if (bytes instanceof Uint8Array && bytes.length === keyBytes) return createSecretKey(bytes);
  // What was given instead may be the secret all the same, in another form.
  const got = bytes instanceof Uint8Array ? `${bytes.length} bytes` : `no Uint8Array`;
  throw new QxCacheSettingsError(
    `encrypted: key "${id}" must be a Uint8Array of ${keyBytes} bytes (got ${got}).`,
  );
}
