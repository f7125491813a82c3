/** What a contestant does again and again. `caller` is one of those in flight: 0, 1, 2 … */
export type Operation = (caller: number) => Promise<unknown>;

const ROUND_MS = 300;

/** How often callers got through in a second, each beginning again as soon as it is through. */
export async function perSecond(
  operation: Operation,
  inFlight: number,
  roundMs = ROUND_MS,
): Promise<number> {
  let count = 0;
  const begunAt = performance.now();
  const endAt = begunAt + roundMs;
  const callers = Array.from({ length: inFlight }, async (_, caller) => {
    while (performance.now() < endAt) {
      await operation(caller);
      count += 1;
    }
  });
  await Promise.all(callers);
  return count / ((performance.now() - begunAt) / 1000);
}
