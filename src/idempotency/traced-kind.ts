/*
 * The kind of a stored result may have a second line: the trace of the execution that the result came
 * from. In one field with the kind it is always that of this very result, whatever replaces it or puts it
 * back, and no script need know of it.
 */

/** What is stored as the kind of a result. */
export function withTrace(kind: string, trace: string | undefined): string {
  return trace === undefined ? kind : `${kind}\n${trace}`;
}

/** The kind alone. */
export function kindIn(stored: string): string {
  const end = stored.indexOf('\n');
  return end < 0 ? stored : stored.slice(0, end);
}

/** The trace, if there is one. */
export function traceIn(stored: string): string | undefined {
  return stored.split('\n')[1];
}
