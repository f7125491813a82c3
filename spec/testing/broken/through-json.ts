/** What JSON leaves of a value. */
export function throughJson<T>(value: T): T {
  const text = JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? Number(part) : part));
  return text === undefined ? value : JSON.parse(text);
}
