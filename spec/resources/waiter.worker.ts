import { createClient, DistributedLock, IdempotencyStore } from '../../src/index.js';

// Waits for the lock `a` and for the key `a`, tells when it has them, and should end by itself.
const [url = ''] = process.argv.slice(2);
const redis = await createClient(url);
const waitSeconds = 60;
const lock = new DistributedLock(redis, 'a', { waitSeconds });
const store = new IdempotencyStore(redis);
await Promise.all([
  lock.run(async ({ isHeld }) => process.send?.({ isHeld })),
  store
    .run('a', async () => 'ran twice', { waitSeconds })
    .then(({ value, replayed }) => process.send?.({ value, replayed })),
]);
await redis.quit();
process.disconnect();
