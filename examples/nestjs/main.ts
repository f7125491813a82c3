/** Runs each command once, of three that are sent. `npm run start:nestjs [-- redis://…]` */
import { isQxCacheError } from 'qx-cache';
import { runOrders } from './run.js';

try {
  const url = process.argv[2] ?? 'memory://nestjs-example';
  const { sent, executed, orders } = await runOrders(url);
  console.log(`${sent} commands, ${executed} executed, ${orders} orders`);
} catch (error) {
  if (!isQxCacheError(error)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
