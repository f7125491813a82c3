/**
 * Runs all contestants in each round, so that whatever else the machine does disturbs them alike,
 * and lets another one begin each time. The first round is a warm-up, and is not counted.
 *
 * @returns what each contestant achieved, a sample a round
 */
export async function inTurns<C, T>(
  contestants: readonly C[],
  rounds: number,
  run: (contestant: C) => Promise<T>,
): Promise<Map<C, T[]>> {
  const samples = new Map<C, T[]>(contestants.map((contestant) => [contestant, []]));
  for (let round = 0; round <= rounds; round += 1) {
    const first = round % contestants.length;
    for (const contestant of [...contestants.slice(first), ...contestants.slice(0, first)]) {
      const sample = await run(contestant);
      if (round > 0) samples.get(contestant)?.push(sample);
    }
  }
  return samples;
}
