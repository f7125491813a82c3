/** What a user writes against the core, as strictly as a compiler goes. */
import type { Cluster, Redis } from 'ioredis';
import {
  acquireAll,
  Cache,
  createClient,
  DistributedLock,
  IdempotencyStore,
  isQxCacheError,
  lead,
  Result,
  type ResultAdapter,
  type RunOptions,
} from 'qx-cache';

interface Order {
  readonly id: string;
  readonly at: Date;
}

const adapter: ResultAdapter = {
  matches: (x) => x instanceof Map,
  isSuccess: () => true,
  valueOf: (x) => x,
  success: (x) => x,
};

export async function use(signal: AbortSignal): Promise<Result<Order, RangeError>> {
  const redis: Redis | Cluster = await createClient({ url: 'memory://types' });
  const store = new IdempotencyStore(redis, { ttlSeconds: 60, results: [adapter] });
  const options: RunOptions = { fingerprint: { sku: 'tea' }, signal };
  const { value, replayed } = await store.run(
    'key',
    async (claim) => {
      const at = await claim.step('now', async () => new Date(claim.attempt));
      return Result.success<Order, RangeError>({ id: 'A-1', at });
    },
    options,
  );
  const isReplay: boolean = replayed;
  const found: Order | undefined = await store.get<Order>('key');
  const cache = new Cache(redis);
  const price: number = await cache.getOrSet('price', async () => 12, { ttlSeconds: 5 });
  await using lease = await new DistributedLock(redis, 'a').acquire({ signal });
  const both = await acquireAll(redis, ['a', 'b']);
  const token: number = both.leases.get('a')?.token ?? lease.token;
  await lead(redis, 'leader', async (leading, term) => console.log(leading, term), { signal });
  try {
    // @ts-expect-error a misspelled option
    new Cache(redis, { ttlSecond: 1 });
    // @ts-expect-error leadership without an end
    await lead(redis, 'leader', async () => {});
    // @ts-expect-error a client that is none
    new IdempotencyStore({});
    // @ts-expect-error work that gives no promise
    await store.run('key', () => 1);
    // @ts-expect-error a payload of another type
    const wrong: string = (await store.run('key', async () => 1)).value;
    throw new RangeError(`${wrong} ${isReplay} ${found} ${price} ${token}`);
  } catch (error) {
    if (isQxCacheError(error)) console.log(error.code, error.status, error.retryable);
  }
  return value;
}
