/**
 * Prints the deliveries that the example ships, always the same ones:
 *
 *   node --import tsx examples/orders/generate-deliveries.ts > examples/orders/deliveries.jsonl
 */
import type { Delivery } from './deliveries.js';
import { catalog } from './shop/catalog.js';

const ORDERS = 600;
const DELIVERIES = 2000;
const SCARCE = catalog.filter(({ stock }) => stock < 100);
const PLENTIFUL = catalog.filter(({ stock }) => stock >= 100);

/** The mulberry32 generator: the same numbers in every run. */
let state = 20_240_601;
function random(): number {
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
}

function between(low: number, high: number): number {
  return low + Math.floor(random() * (high - low + 1));
}

function pick<T>(list: readonly T[]): T {
  return list[between(0, list.length - 1)] as T;
}

interface Sent {
  /** When it arrives; one order comes every 1. */
  readonly time: number;
  readonly delivery: Delivery;
}

const firsts: Sent[] = Array.from({ length: ORDERS }, (_, i) => ({
  time: i,
  delivery: {
    idempotencyKey: `shop-${between(1, 9)}-${String(i + 1).padStart(4, '0')}`,
    sku: pick(random() < 0.15 ? SCARCE : PLENTIFUL).sku,
    quantity: pick([1, 1, 1, 2, 2, 3]),
    card: random() < 0.1 ? 'declined-once' : 'good',
  },
}));

/** The sender got no answer in time, or is a queue with two consumers: at once, or much later. */
function redeliveryOf({ time, delivery }: Sent): Sent {
  const delay = random() < 0.45 ? random() : random() ** 2 * ORDERS;
  return { time: time + delay, delivery };
}

/** A bug of the sender: an old key with another quantity. Long after the order was accepted. */
function reuseOf({ time, delivery }: Sent): Sent {
  const changed = { ...delivery, quantity: delivery.quantity + between(1, 3) };
  return { time: time + ORDERS / 4 + random() * ORDERS, delivery: changed };
}

const isPlain = ({ delivery }: Sent) =>
  delivery.card === 'good' && PLENTIFUL.some(({ sku }) => sku === delivery.sku);

const sent = [
  ...firsts,
  // A declined payment is always tried again.
  ...firsts.filter(({ delivery }) => delivery.card === 'declined-once').map(redeliveryOf),
  ...firsts
    .filter(isPlain)
    .filter((_, i) => i % 9 === 0)
    .map(reuseOf),
];
while (sent.length < DELIVERIES) sent.push(redeliveryOf(pick(firsts)));

sent.sort((a, b) => a.time - b.time);
for (const { delivery } of sent) console.log(JSON.stringify(delivery));
