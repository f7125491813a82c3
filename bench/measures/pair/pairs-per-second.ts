import type { LockOf } from '../open-clients.js';

const ROUND_MS = 700;

/** How often callers got through: each acquires and releases a lock that nobody else wants. */
export async function pairsPerSecond(
  lockOf: LockOf,
  { inFlight, isNewEachTime }: { inFlight: number; isNewEachTime: boolean },
): Promise<number> {
  let pairs = 0;
  const begunAt = performance.now();
  const endAt = begunAt + ROUND_MS;
  const callers = Array.from({ length: inFlight }, async (_, i) => {
    const name = `pair-${i}`;
    let acquire = lockOf(name);
    while (performance.now() < endAt) {
      if (isNewEachTime) acquire = lockOf(name);
      const release = await acquire();
      await release();
      pairs += 1;
    }
  });
  await Promise.all(callers);
  return pairs / ((performance.now() - begunAt) / 1000);
}
