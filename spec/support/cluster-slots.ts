import { Redis } from 'ioredis';
import { SLOTS, slotOf } from '../../src/redis/key-slot.js';
import type { RedisServer } from './redis-server.js';

/**
 * Moves a slot of a cluster with its keys, as `redis-cli --cluster reshard` does. Until the returned
 * function is called it is half-way: what is there is still there, what is new goes to the other node.
 */
export async function startMoving(
  slot: number,
  from: RedisServer,
  to: RedisServer,
): Promise<() => Promise<void>> {
  const [source, target] = [new Redis(from.port), new Redis(to.port)];
  const ids = { source: await source.cluster('MYID'), target: await target.cluster('MYID') };
  await target.call('CLUSTER', 'SETSLOT', slot, 'IMPORTING', ids.source);
  await source.call('CLUSTER', 'SETSLOT', slot, 'MIGRATING', ids.target);
  return async () => {
    for (;;) {
      const keys = await source.cluster('GETKEYSINSLOT', slot, 10);
      if (keys.length === 0) break;
      const where = ['127.0.0.1', to.port, '', 0, 5000, 'REPLACE', 'KEYS'] as const;
      await source.call('MIGRATE', ...where, ...keys);
    }
    for (const node of [target, source]) {
      await node.call('CLUSTER', 'SETSLOT', slot, 'NODE', ids.target);
      node.disconnect();
    }
  };
}

/** Which of these primaries of a fresh cluster has the slot of a key. */
export function primaryOf<T>(key: string, primaries: readonly T[]): T {
  return primaries[Math.floor((slotOf(key) * primaries.length) / SLOTS)] as T;
}
