/** Handles each webhook once, of three deliveries. `npm run start:webhook [-- redis://…]` */
import { isQxCacheError } from 'qx-cache';
import { runDeliveries } from './run.js';

try {
  const url = process.argv[2] ?? 'memory://webhook-example';
  const { delivered, handled, answers } = await runDeliveries(url);
  console.log(`${delivered} deliveries, ${handled} handled, ${answers} different answers`);
} catch (error) {
  if (!isQxCacheError(error)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
