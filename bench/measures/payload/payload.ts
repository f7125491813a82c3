/** A list of order lines that takes about so many bytes as JSON. */
export function payloadOf(bytes: number): unknown {
  const line = (position: number) => ({
    position,
    sku: `tea-${position}`,
    quantity: (position % 9) + 1,
    price: 8.99,
    note: 'no sugar, please',
  });
  const lines = [line(0)];
  for (let size = lengthOf(lines); size < bytes; size += lengthOf(lines.at(-1)) + 1)
    lines.push(line(lines.length));
  return { lines };
}

function lengthOf(value: unknown): number {
  return JSON.stringify(value).length;
}

/** What is measured, and how it is called. */
export const SIZES = [
  { label: '100 B', bytes: 100 },
  { label: '10 KB', bytes: 10_000 },
  { label: '1 MB', bytes: 1_000_000 },
] as const;
