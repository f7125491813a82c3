import { areaPrefix, redisKey } from '../redis/key-space.js';
import { isClusterClient, type RedisClient } from '../redis/redis-client.js';

/** Where a lock lives in Redis. All of it has one hash tag, so that one script can touch it all. */
export interface LockKeys {
  /** HASH: the owner, its token and lease; the last token and ticket. */
  readonly state: string;
  /** ZSET: the waiters, by ticket. */
  readonly queue: string;
  /** ZSET: the processes that have waiters, by the time until which they count as alive. */
  readonly alive: string;
  /** LIST: what was released lately, latest first. */
  readonly receipts: string;
}

/** The keys of the lock of that name. */
export function lockKeys(namespace: string, name: string): LockKeys {
  const state = redisKey(namespace, 'lock', name);
  return {
    state,
    queue: `${state}:queue`,
    alive: `${state}:alive`,
    receipts: `${state}:receipts`,
  };
}

/** What a lock is known by in its namespace, beside semaphores and the like of the same name. */
export function lockAddress(name: string): string {
  return `lock:${name}`;
}

/** The name of the lock of an address; `undefined` when it is the address of something else. */
export function lockNameAt(address: string): string | undefined {
  return address.startsWith('lock:') ? address.slice('lock:'.length) : undefined;
}

/**
 * The start of the channels on which processes are woken; a process id makes it complete. A process has
 * one channel for all its locks; in a cluster one for each, as a shard channel lives where its lock does.
 */
export function wakeChannel(redis: RedisClient, namespace: string, name: string): string {
  return isClusterClient(redis)
    ? redisKey(namespace, 'lock', name, 'wake:')
    : `${areaPrefix(namespace, 'lock')}wake:`;
}
