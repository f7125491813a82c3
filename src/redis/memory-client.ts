import type { Redis } from 'ioredis';
import { CacheConnectionError } from '../errors/index.js';
import type { RedisClient } from './redis-client.js';

/**
 * An in-memory Redis of the given name; the same name gives the same data within this process.
 *
 * @throws {@link CacheConnectionError} (`unsupported`) when the optional package ioredis-mock is
 *   not installed
 */
export async function openMemoryClient(name: string): Promise<Redis> {
  const { default: RedisMock } = await import('ioredis-mock').catch((cause: unknown) => {
    throw missingMock(cause);
  });
  return new RedisMock({ host: memoryHost(name) });
}

/** ioredis-mock keeps one data set for each host and port. */
export function memoryHost(name: string): string {
  return `qx-cache-memory-${name}`;
}

/** What to tell those who have not installed the optional package. */
export function missingMock(cause: unknown): CacheConnectionError {
  return new CacheConnectionError(
    'unsupported',
    'A memory:// URL needs the package ioredis-mock. Install it (npm install --save-dev ioredis-mock), or use a redis:// URL.',
    { cause },
  );
}

/** Whether a client is one of ioredis-mock. */
export function isMemoryClient(redis: RedisClient): boolean {
  return redis.constructor.name.endsWith('RedisMock');
}
