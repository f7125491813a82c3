import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Container } from 'inversify';
import { type Mediator, RequestData, type RequestHandler, requestHandler } from 'mediatr-ts';
import {
  createMediator,
  IdempotencyBehavior,
  type Idempotent,
  idempotent,
  QxCache,
  qxCacheModule,
  REDIS_CLIENT,
} from 'qx-cache/mediator';
import { Books } from './books.js';
import { ReplayReport } from './replay-report.js';

/** How long a payment takes: time enough for a second click. */
const PAYMENT_SECONDS = 0.6;

export interface Order {
  readonly number: string;
  readonly sku: string;
  readonly quantity: number;
}

/** "Place this order." The scope keeps the keys of one customer from those of another. */
@idempotent<PlaceOrder>({ name: 'place-order', scope: ({ customer }) => customer })
export class PlaceOrder extends RequestData<Order> implements Idempotent {
  readonly idempotencyKey: string;
  readonly customer: string;
  readonly sku: string;
  readonly quantity: number;

  constructor(order: { idempotencyKey: string; customer: string; sku: string; quantity: number }) {
    super();
    this.idempotencyKey = order.idempotencyKey;
    this.customer = order.customer;
    this.sku = order.sku;
    this.quantity = order.quantity;
  }
}

/** Knows nothing of keys and retries. */
@requestHandler(PlaceOrder)
class PlaceOrderHandler implements RequestHandler<PlaceOrder, Order> {
  readonly #books: Books;

  constructor(books: Books) {
    this.#books = books;
  }

  async handle({ customer, sku, quantity }: PlaceOrder): Promise<Order> {
    await sleep(PAYMENT_SECONDS * 1000);
    const order = { number: randomUUID().slice(0, 8), sku, quantity };
    await this.#books.record(customer, order);
    return order;
  }
}

export interface Shop {
  readonly mediator: Mediator;
  readonly books: Books;
  close(): Promise<void>;
}

/** Puts it together on the Redis of that URL. */
export async function openShop(url: string): Promise<Shop> {
  const container = new Container();
  await container.loadAsync(qxCacheModule({ settings: { url, namespace: 'http-example' } }));
  const books = new Books(container.get(REDIS_CLIENT));
  // By explicit tokens: tsx and esbuild emit no decorator metadata to inject by type.
  container.bind(Books).toConstantValue(books);
  container
    .bind(PlaceOrderHandler)
    .toResolvedValue((books) => new PlaceOrderHandler(books), [Books])
    .inSingletonScope();
  container.bind(ReplayReport).toSelf().inSingletonScope();
  return {
    mediator: createMediator(container, { behaviors: [ReplayReport, IdempotencyBehavior] }),
    books,
    close: () => container.get(QxCache).close(),
  };
}
