/**
 * What is wrong with a key or name given by a user, in words that fit behind its name; `undefined`
 * when it is fine. An ill-formed string is refused because it would be stored as another one.
 */
export function problemOfUserKey(key: unknown, maxBytes: number): string | undefined {
  if (typeof key !== 'string')
    return `must be a string (got ${key === null ? 'null' : typeof key})`;
  if (key === '') return 'must not be empty';
  if (!key.isWellFormed()) return 'must be well-formed Unicode (it has half a surrogate pair)';
  const bytes = Buffer.byteLength(key);
  return bytes > maxBytes ? `must be at most ${maxBytes} bytes long (got ${bytes})` : undefined;
}
