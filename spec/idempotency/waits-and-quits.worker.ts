import { createClient, IdempotencyStore, isCacheUnavailableError } from '../../src/index.js';

// Waits for a key with each kind of ending, quits its clients, and should then end by itself.
const [url, namespace] = process.argv.slice(2) as [string, string];
const redis = await createClient({ url, namespace });
const other = await createClient({ url, namespace });
const store = new IdempotencyStore(redis);
const waiter = new IdempotencyStore(other);

const replayed = await store.run('a', async () => {
  const waiting = waiter.run('a', async () => 'never');
  setTimeout(() => void waiting.then(({ value }) => process.send?.(value)), 0);
  await waiter.run('a', async () => 'never', { waitSeconds: 0.2 }).catch(() => {});
  return 'result';
});
process.send?.(replayed.value);

// An owner that never finishes, and a caller that would wait for it for ever.
await store.claim('b');
const forever = waiter.run('b', async () => 'never', { waitSeconds: Number.POSITIVE_INFINITY });
const ended = forever.catch((error: unknown) => isCacheUnavailableError(error));
await waiter.run('b', async () => 'never', { waitSeconds: 0.2 }).catch(() => {});
await Promise.all([redis.quit(), other.quit()]);
process.send?.(await ended);
