import { createClient, IdempotencyStore } from '../../src/index.js';

// Replays "key" from memory, deletes it when told to, and ends by itself when its client quits.
const [url, namespace] = process.argv.slice(2) as [string, string];
const redis = await createClient({ url, namespace });
const store = new IdempotencyStore(redis, { replayCache: { maxEntries: 10 } });
process.send?.(await store.get('key'));

process.on('message', async (message) => {
  if (message === 'delete') process.send?.(await store.delete('key'));
  if (message !== 'quit') return;
  await redis.quit();
  process.disconnect();
});
