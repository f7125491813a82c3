/**
 * The most that is taken of anything that may come from a stranger; docs/safety.md has the same table.
 * More of it is refused with a typed error before anything is sent. Bytes are those of UTF-8.
 */
export const limits = {
  /** Where Redis is. */
  urlBytes: 8192,
  namespaceBytes: 64,
  /** As `IdempotencyStore` takes it: that of a command with its scope and its name fits in. */
  idempotencyKeyBytes: 8192,
  /** The `idempotencyKey` of a command. */
  commandKeyBytes: 512,
  /** A scope is the application's own, so it may be longer. */
  scopeBytes: 1024,
  versionBytes: 256,
  stepNameBytes: 256,
  /** Of one run: all of them travel in one reply. */
  steps: 10_000,
  /** What the steps of one run return, together. */
  stepResultsBytes: 64 * 1024 * 1024,
  cacheKeyBytes: 1024,
  /** Of one `getMany`, `setMany` or `delete`. */
  cacheKeysAtOnce: 100_000,
  /** Of a lock, a semaphore, a read-write lock, a fenced value, a leadership. */
  lockNameBytes: 1024,
  /** Of one `acquireAll`. */
  locksAtOnce: 1000,
  /** What one Redis string can hold. */
  storedBytes: 512 * 1024 * 1024,
} as const;
