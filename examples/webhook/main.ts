/** Handles each webhook once, of three deliveries. `npm run start:webhook [-- redis://…]` */
import { runWithUrl } from '../run-with-url.js';
import { runDeliveries } from './run.js';

await runWithUrl({
  name: 'webhook',
  url: 'memory://webhook-example',
  async run(url) {
    const { delivered, handled, answers } = await runDeliveries(url);
    return `${delivered} deliveries, ${handled} handled, ${answers} different answers`;
  },
});
