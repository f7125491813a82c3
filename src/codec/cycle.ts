/**
 * Where a value contains itself, or `undefined` when it does not. Only containers that can be stored
 * are entered; what can't be stored at all is for the codec to refuse.
 */
export function pathOfCycle(value: unknown): string | undefined {
  return search(value, '', new Set());
}

function search(value: unknown, path: string, ancestors: Set<object>): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (ancestors.has(value)) return path;
  ancestors.add(value);
  for (const [place, child] of childrenOf(value)) {
    if (typeof child !== 'object' || child === null) continue;
    const found = search(child, path + place, ancestors);
    if (found !== undefined) return found;
  }
  ancestors.delete(value);
  return undefined;
}

function* childrenOf(value: object): Iterable<readonly [string, unknown]> {
  if (ArrayBuffer.isView(value)) return;
  if (Array.isArray(value)) {
    for (const [i, item] of value.entries()) yield [`[${i}]`, item];
  } else if (value instanceof Map) {
    for (const [key, item] of value) {
      yield ['.keys()', key];
      // Not every object has a text; devalue writes it this way, too.
      const name = typeof key === 'object' ? '...' : JSON.stringify(String(key));
      yield [`.get(${name})`, item];
    }
  } else if (value instanceof Set) {
    for (const item of value) yield ['.values()', item];
  } else {
    if (value instanceof Error) yield ['.cause', value.cause];
    for (const [key, item] of Object.entries(value)) yield [`.${key}`, item];
  }
}
