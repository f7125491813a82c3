import { readFileSync } from 'node:fs';

/** Where scripts/setup noted which redis-server it found or installed. */
const note = new URL('../../node_modules/.cache/qx-cache/redis-server', import.meta.url);

export function redisBinary(): string {
  const chosen = process.env.QX_CACHE_TEST_REDIS_SERVER;
  if (chosen) return chosen;
  try {
    return readFileSync(note, 'utf8').trim();
  } catch {
    throw new Error('No redis-server for the specs yet: run "node scripts/setup.mjs --redis".');
  }
}
