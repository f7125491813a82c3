/** Blocks this process, as a long garbage collection would: no timer fires, nothing is renewed. */
export function standStill(seconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, seconds * 1000);
}
