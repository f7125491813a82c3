import type { Cluster, Redis } from 'ioredis';

type Evaluate = (...args: never[]) => Promise<unknown>;
const methods = ['eval', 'evalsha'] as const;

/** Puts something before every script call of a client. */
function before(redis: Redis | Cluster, hook: () => void): void {
  const client = redis as unknown as Record<(typeof methods)[number], Evaluate>;
  for (const method of methods) {
    const original = client[method].bind(redis) as Evaluate;
    client[method] = async (...args) => {
      hook();
      return original(...args);
    };
  }
}

/** Counts the script calls of a client from now on. */
export function countScripts(redis: Redis | Cluster): { count: number } {
  const counter = { count: 0 };
  before(redis, () => {
    counter.count += 1;
  });
  return counter;
}

/** A client whose Redis can be away: its script calls then fail as on a broken connection. */
export function breakable(redis: Redis | Cluster): { isAway: boolean } {
  const state = { isAway: false };
  before(redis, () => {
    if (state.isAway) throw new Error('Connection is closed.');
  });
  return state;
}
