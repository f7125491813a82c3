/** What is alive on the heap, in bytes. */
export function heapUsed(): number {
  if (!globalThis.gc) throw new Error('Needs --expose-gc.');
  globalThis.gc();
  return process.memoryUsage().heapUsed;
}
