import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import type { Redis } from 'ioredis';
import type RedisMock from 'ioredis-mock';
import { memoryHost, missingMock } from '../redis/memory-client.js';

const require = createRequire(import.meta.url);

/**
 * A Redis in the memory of this process, for tests that need no server. It is ioredis-mock, which
 * runs the same scripts, but not every fault: a green run on it alone proves little.
 *
 * @param name the same name gives the same data, also as `memory://name`; without one the data is
 *   its own
 * @throws {@link CacheConnectionError} (`unsupported`) when ioredis-mock is not installed
 * @example
 * const cache = new Cache(inMemoryRedis());
 */
export function inMemoryRedis(name: string = randomUUID()): Redis {
  return new (mock())({ host: memoryHost(name) });
}

/** Loaded at the first use, so that the fault helpers work without it. */
function mock(): typeof RedisMock {
  try {
    return require('ioredis-mock');
  } catch (cause) {
    throw missingMock(cause);
  }
}
