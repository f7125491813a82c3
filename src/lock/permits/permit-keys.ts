import { redisKey } from '../../redis/key-space.js';

/** Where a pool of permits lives in Redis. All of it has one hash tag. */
export interface PermitKeys {
  /** HASH: the last token and ticket, and the token of each owner. */
  readonly state: string;
  /** ZSET: the owners, by the time at which their lease ends. */
  readonly owners: string;
  /** ZSET: those of the owners that have not confirmed yet. */
  readonly pending: string;
  /** ZSET: the waiters, by ticket. */
  readonly queue: string;
  /** ZSET: the processes that have waiters, by the time until which they count as alive. */
  readonly alive: string;
  /** LIST: what was released lately, latest first. */
  readonly receipts: string;
}

/** The keys of the pool of that kind and name. */
export function permitKeys(namespace: string, kind: string, name: string): PermitKeys {
  const key = (part = '') => redisKey(namespace, 'lock', name, `${kind}${part}`);
  return {
    state: key(),
    owners: key(':owners'),
    pending: key(':pending'),
    queue: key(':queue'),
    alive: key(':alive'),
    receipts: key(':receipts'),
  };
}
