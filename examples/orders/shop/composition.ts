import 'reflect-metadata';
import { Container } from 'inversify';
import type { Mediator } from 'mediatr-ts';
import { createClient } from 'qx-cache';
import {
  type BehaviorClass,
  createMediator,
  IdempotencyBehavior,
  LockBehavior,
  QxCache,
  qxCacheModule,
  REDIS_CLIENT,
} from 'qx-cache/mediator';
import { quit } from '../quit.js';
import { countCommands } from '../tally.js';
import { Books } from './books.js';
import { PlaceOrderHandler } from './handlers.js';
import { Payments } from './payments.js';

/** The behaviors around every handler, outermost first: a replay needs no lock. */
const standardBehaviors = [IdempotencyBehavior, LockBehavior];

export interface ShopSettings {
  url: string;
  /** Names everything that one run of the example writes, so that no run sees another's. */
  run: string;
  /** How long others wait after a process was killed, in seconds. Default: 30, as the library's. */
  leaseSeconds?: number;
  behaviors?: readonly BehaviorClass[];
}

export interface Shop {
  readonly mediator: Mediator;
  readonly books: Books;
  readonly payments: Payments;
  /** How many commands the library has sent to Redis. */
  commandsSent(): number;
  close(): Promise<void>;
}

/** Puts the order service together. */
export async function openShop(settings: ShopSettings): Promise<Shop> {
  const { url, run, leaseSeconds = 30, behaviors = standardBehaviors } = settings;
  // The shop's own data has a client of its own: only what the library sends is counted.
  const own = await createClient(url);
  const container = new Container();
  const qxCache = qxCacheModule({
    settings: { url, namespace: `orders-example-${run}` },
    idempotency: { leaseSeconds },
    lock: { ttlSeconds: leaseSeconds, waitSeconds: 30 },
  });
  await container.loadAsync(qxCache).catch(async (error) => {
    await quit(own);
    throw error;
  });
  // By explicit tokens: tsx and esbuild emit no decorator metadata to inject by type.
  container.bind(Books).toConstantValue(new Books(own, run));
  container.bind(Payments).toConstantValue(new Payments(own, run));
  container
    .bind(PlaceOrderHandler)
    .toResolvedValue((books, payments) => new PlaceOrderHandler(books, payments), [Books, Payments])
    .inSingletonScope();

  return {
    mediator: createMediator(container, { behaviors }),
    books: container.get(Books),
    payments: container.get(Payments),
    commandsSent: countCommands(container.get(REDIS_CLIENT)),
    async close() {
      await container.get(QxCache).close();
      await quit(own);
    },
  };
}
