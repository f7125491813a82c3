/** Charges each order once, of three jobs. BullMQ needs a server: `npm run start:bullmq [-- redis://…]` */
import { runWithUrl } from '../run-with-url.js';
import { runCharges } from './run.js';

await runWithUrl({
  name: 'bullmq',
  url: 'redis://127.0.0.1:6379',
  async run(url) {
    const { completed, charged, receipts } = await runCharges(url);
    return `${completed} jobs, ${charged} charges, ${receipts} receipts`;
  },
});
