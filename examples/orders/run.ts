import { randomUUID } from 'node:crypto';
import { createClient } from 'qx-cache';
import { audit, type Evidence } from './audit.js';
import { Chaos } from './chaos.js';
import { consumerOf } from './consumer.js';
import { type Delivery, readDeliveries } from './deliveries.js';
import type { Options } from './options.js';
import { type Delivered, deliverAll } from './queue.js';
import { quit } from './quit.js';
import { Books } from './shop/books.js';
import { catalog } from './shop/catalog.js';
import { openShop, type ShopSettings } from './shop/composition.js';
import { Payments } from './shop/payments.js';
import { countEvents, type Tally } from './tally.js';
import { Workers } from './workers.js';

export interface RunSettings extends Options, Pick<ShopSettings, 'behaviors'> {
  /** Stops the run: what is on its way is still answered. */
  signal: AbortSignal;
  onProgress?(answered: number, deliveries: number): void;
}

interface Consumed extends Delivered {
  readonly tally: Tally;
  /** Worker processes that were killed. */
  readonly killed: number;
}

/** What happened in one run. */
export interface Outcome extends Consumed {
  readonly evidence: Evidence;
  /** What is wrong with the books; empty when all is well. */
  readonly problems: readonly string[];
}

/** Delivers a whole file to the shop, and audits the shop's books afterwards. */
export async function runOrders(settings: RunSettings): Promise<Outcome> {
  const { url, file, limit, workers, behaviors, signal } = settings;
  const deliveries = (await readDeliveries(file)).slice(0, limit);
  const run = randomUUID().slice(0, 8);
  const redis = await createClient(url);
  try {
    const books = new Books(redis, run);
    await books.open(catalog);
    const shop: ShopSettings = { url, run, ...(behaviors && { behaviors }) };
    const deliver = workers > 0 ? deliverToWorkers : deliverHere;
    const delivered = await deliver(deliveries, shop, settings);
    const evidence: Evidence = {
      catalog,
      deliveries,
      answers: delivered.answers,
      ledger: await books.ledger(),
      stock: await books.stock(),
      charges: await new Payments(redis, run).charges(),
    };
    const problems = signal.aborted ? [] : audit(evidence);
    return { ...delivered, evidence, problems };
  } finally {
    await quit(redis);
  }
}

async function deliverHere(
  deliveries: readonly Delivery[],
  shopSettings: ShopSettings,
  settings: RunSettings,
): Promise<Consumed> {
  const counter = countEvents();
  const shop = await openShop(shopSettings);
  try {
    const delivered = await deliverAll(deliveries, consumerOf(shop), settings);
    const tally = { ...counter.tally, commands: shop.commandsSent() };
    return { ...delivered, tally, killed: 0 };
  } finally {
    counter.stop();
    await shop.close();
  }
}

/** In the middle of it one of the workers is killed. */
async function deliverToWorkers(
  deliveries: readonly Delivery[],
  shopSettings: ShopSettings,
  settings: RunSettings,
): Promise<Consumed> {
  const workers = await Workers.start(settings.workers, shopSettings);
  const chaos = new Chaos(workers);
  try {
    const delivered = await deliverAll(deliveries, workers.consume, {
      ...settings,
      onProgress(answered, all) {
        if (answered >= all / 2) chaos.strike();
        settings.onProgress?.(answered, all);
      },
    });
    await chaos.over();
    return { ...delivered, tally: workers.tally(), killed: chaos.killed };
  } finally {
    await workers.close();
  }
}
