import { type CacheConnectionError, createClient, IdempotencyStore } from '../../src/index.js';

// Connects to each URL that it is given, runs one key there, tells the outcome or why there was no
// connection, and should end by itself.
for (const url of process.argv.slice(2)) {
  try {
    const redis = await createClient(url);
    process.send?.(await new IdempotencyStore(redis).run('key', async () => 1));
    await redis.quit();
  } catch (error) {
    const { reason, message } = error as CacheConnectionError;
    process.send?.({ reason, message });
  }
}
