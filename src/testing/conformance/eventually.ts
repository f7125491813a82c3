import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Waits until the predicate gives something truthy, and gives that. A predicate that throws, such
 * as a failed expectation, is asked again; in the end its error is what the test shows.
 */
export async function eventually<T>(
  predicate: () => T | Promise<T>,
  { withinSeconds = 5 }: { withinSeconds?: number } = {},
): Promise<NonNullable<T>> {
  const deadline = performance.now() + withinSeconds * 1000;
  let error: unknown;
  do {
    try {
      const value = await predicate();
      if (value) return value;
      error = new Error(`gave ${value} for ${withinSeconds} s: ${predicate}`);
    } catch (thrown) {
      error = thrown;
    }
    await sleep(10);
  } while (performance.now() < deadline);
  throw error;
}
