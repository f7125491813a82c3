/** One of several processes that share the books. Started by worker-process.ts, which talks to it. */
import { consumerOf } from './consumer.js';
import type { Delivery } from './deliveries.js';
import { openShop } from './shop/composition.js';
import { countEvents } from './tally.js';
import type { FromWorker, ToWorker } from './worker-process.js';

const { ORDERS_URL: url = '', ORDERS_RUN: run = '' } = process.env;

/** Short, so that a kill is soon made good. Too short where a process may stand still for longer. */
const LEASE_SECONDS = 2;

// Ctrl-C reaches every process of a terminal. The parent decides when this one ends.
process.on('SIGINT', () => {});

const counter = countEvents();
const shop = await openShop({ url, run, leaseSeconds: LEASE_SECONDS }).catch((error: Error) => {
  console.error(`Worker ${process.pid}: ${error.message}`);
  process.exit(1);
});
const consume = consumerOf(shop);

// Also when the parent was killed, maybe while this process started.
process.once('disconnect', () => void shop.close());
if (!process.connected) await shop.close();
process.on('message', ({ id, delivery }: ToWorker) => void take(id, delivery));
send({ type: 'ready' });

async function take(id: number, delivery: Delivery): Promise<void> {
  try {
    const answer = await consume(delivery);
    counter.tally.commands = shop.commandsSent();
    send({ type: 'answered', id, answer, tally: counter.tally });
  } catch (error) {
    send({ type: 'failed', id, reason: String(error) });
  }
}

/** A parent that is gone needs no answer. */
function send(message: FromWorker): void {
  if (process.connected) process.send?.(message, undefined, undefined, () => {});
}
