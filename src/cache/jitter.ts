/** A TTL cut by up to a fraction of it, at random, so that what is stored together ends apart. */
export function shorten(ttlSeconds: number, jitter: number): number {
  return ttlSeconds * (1 - jitter * Math.random());
}
