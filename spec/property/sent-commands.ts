import type { Cluster, Redis } from 'ioredis';

type Send = () => Promise<unknown>;

/** A client that keeps the last script call, so that it can be sent again as ioredis would. */
export function keepingLastCall<Client extends Redis | Cluster>(
  redis: Client,
): { client: Client; lastCall: () => Send } {
  let last: Send = async () => undefined;
  const client = new Proxy(redis, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      if (name !== 'eval' && name !== 'evalsha') return value.bind(target);
      return (...args: unknown[]) => {
        last = () => value.apply(target, args);
        return last();
      };
    },
  });
  return { client, lastCall: () => last };
}
