/** Charges each order once, of three jobs. `npm run start:bullmq -- redis://127.0.0.1:6379` */
import { isQxCacheError } from 'qx-cache';
import { runCharges } from './run.js';

try {
  const url = process.argv[2] ?? 'redis://127.0.0.1:6379';
  const { completed, charged, receipts } = await runCharges(url);
  console.log(`${completed} jobs, ${charged} charges, ${receipts} receipts`);
} catch (error) {
  if (!isQxCacheError(error)) throw error;
  console.error(`${error.message}\nBullMQ needs a Redis server: npm run start:bullmq -- URL`);
  process.exitCode = 1;
}
