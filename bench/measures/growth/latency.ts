import { quantile } from 'simple-statistics';

/** How long one took, in microseconds. */
export interface Latency {
  readonly medianMicros: number;
  /** What 99 of 100 stayed below. */
  readonly highMicros: number;
}

const ROUND_MS = 300;

/** Does one after the other for a while. */
export async function latencyOf(operation: () => Promise<unknown>): Promise<Latency> {
  const micros: number[] = [];
  const endAt = performance.now() + ROUND_MS;
  while (performance.now() < endAt) {
    const begunAt = performance.now();
    await operation();
    micros.push((performance.now() - begunAt) * 1000);
  }
  return { medianMicros: quantile(micros, 0.5), highMicros: quantile(micros, 0.99) };
}
