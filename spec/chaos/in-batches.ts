/** Does something for each of a list, some at a time. */
export async function inBatches<T>(
  list: Iterable<T>,
  act: (one: T) => Promise<unknown>,
): Promise<void> {
  const left = [...list];
  while (left.length > 0) await Promise.all(left.splice(0, 50).map(act));
}
