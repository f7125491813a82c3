import { defineScript, texts } from '../../redis/script.js';

/** What lies in Redis for a cache key; times in milliseconds, -1 for no end and -2 for nothing there. */
export interface EntryReply {
  readonly ttlMs: number;
  readonly bytes: number;
  readonly staleMs: number;
  readonly staleBytes: number;
  readonly isLoading: boolean;
}

/**
 * Describes a cached value without reading it; changes nothing.
 *
 * KEYS value, stale, load.
 */
export const entryScript = defineScript({
  name: 'cache inspect',
  keys: ['value', 'stale', 'load'],
  args: [],
  lua: /* lua */ `
return { int(redis.call('PTTL', value)), int(redis.call('STRLEN', value)),
  int(redis.call('PTTL', stale)), int(redis.call('STRLEN', stale)), int(redis.call('EXISTS', load)) }
`,
  parse(reply): EntryReply {
    const [ttlMs = -2, bytes = 0, staleMs = -2, staleBytes = 0, load] = texts(reply).map(Number);
    return { ttlMs, bytes, staleMs, staleBytes, isLoading: load === 1 };
  },
});
