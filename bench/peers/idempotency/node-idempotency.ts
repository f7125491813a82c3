import { Idempotency } from '@node-idempotency/core';
import { RedisStorageAdapter } from '@node-idempotency/storage-adapter-redis';
import { tellCommand } from '../../contest/count-commands.js';
import { urlOf } from '../node-redis.js';
import {
  type IdempotencyContestant,
  POLL_MS,
  TTL_SECONDS,
  WAIT_SECONDS,
  WHY_IDEMPOTENCY_AHEAD,
} from './contestant.js';

/** Each call is one command; its client is too old to tell so itself. */
class CountedAdapter extends RedisStorageAdapter {
  override setIfNotExists(...args: Parameters<RedisStorageAdapter['setIfNotExists']>) {
    tellCommand();
    return super.setIfNotExists(...args);
  }

  override set(...args: Parameters<RedisStorageAdapter['set']>) {
    tellCommand();
    return super.set(...args);
  }

  override get(key: string) {
    tellCommand();
    return super.get(key);
  }
}

export const nodeIdempotency: IdempotencyContestant = {
  name: '@node-idempotency',
  packageName: '@node-idempotency/core',
  settings: `\`onRequest\` and \`onResponse\` with the storage adapter for Redis, without a body to compare, \`inProgressStrategy: { wait: true, pollingIntervalMs: ${POLL_MS} }\` (milliseconds; its default of 100 would let waiters wait longer).`,
  whyAhead: WHY_IDEMPOTENCY_AHEAD,

  async open(redis) {
    const adapter = new CountedAdapter({ url: urlOf(redis) });
    await adapter.connect();
    redis.once('end', () => void adapter.disconnect());
    const idempotency = new Idempotency(adapter, {
      cacheTTLMS: TTL_SECONDS * 1000,
      inProgressStrategy: {
        wait: true,
        pollingIntervalMs: POLL_MS,
        maxWaitMs: WAIT_SECONDS * 1000,
      },
    });
    return async (key, work) => {
      const request = { headers: { 'idempotency-key': key }, path: '/orders', method: 'POST' };
      const known = await idempotency.onRequest(request);
      if (known) return known.body;
      const body = await work();
      await idempotency.onResponse(request, { body });
      return body;
    };
  },
};
