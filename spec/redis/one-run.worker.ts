import { createClient, IdempotencyStore } from '../../src/index.js';

// Connects to the URL it is given, runs one key there, tells the outcome, and should end by itself.
const [url] = process.argv.slice(2);
const redis = await createClient(url as string);
const outcome = await new IdempotencyStore(redis).run('key', async () => 1);
process.send?.(outcome);
await redis.quit();
