/** What a list found, and whether there was more. */
export interface Taken<T> {
  readonly items: T[];
  readonly isTruncated: boolean;
}

/** Reads from batches until there is enough. */
export async function takeUpTo<T>(
  batches: AsyncIterable<readonly T[]>,
  limit: number,
): Promise<Taken<T>> {
  const items: T[] = [];
  for await (const batch of batches) {
    items.push(...batch);
    if (items.length > limit) return { items: items.slice(0, limit), isTruncated: true };
  }
  return { items, isTruncated: false };
}
