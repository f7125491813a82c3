/** Runs each command once, of three that are sent. `npm run start:nestjs [-- redis://…]` */
import { runWithUrl } from '../run-with-url.js';
import { runOrders } from './run.js';

await runWithUrl({
  name: 'nestjs',
  url: 'memory://nestjs-example',
  async run(url) {
    const { sent, executed, orders } = await runOrders(url);
    return `${sent} commands, ${executed} executed, ${orders} orders`;
  },
});
