/** What a stored key is made of. */
export interface StoredKeyParts {
  /** Whose key it is. Default: nobody's in particular. */
  scope?: string | undefined;
  /** Of a command: the decorator's `name`, else the name of the class. Of an HTTP request: `http`. */
  name: string;
  /** The idempotency key, as the command or the header gave it. */
  key: string;
}

/**
 * The key under which a result is stored: what `IdempotencyStore.inspect` and `delete` take. Reads
 * `name:key` or `scope:name:key`; a colon or a percent sign inside a part is percent-encoded, so that no
 * two different triples meet.
 *
 * @example
 * await store.delete(storedKey({ name: 'CreateOrder', key: 'A-17' })); // CreateOrder:A-17
 */
export function storedKey({ scope, name, key }: StoredKeyParts): string {
  const parts = scope === undefined ? [name, key] : [scope, name, key];
  return parts.map((part) => part.replace(/[%:]/g, encodeURIComponent)).join(':');
}
