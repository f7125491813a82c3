import { RequestData } from 'mediatr-ts';
import type { Result } from 'qx-cache';
import { type Idempotent, idempotent, type Lockable } from 'qx-cache/mediator';
import type { Card, Order, OrderProblem } from './domain.js';

/**
 * "Place this order." Its key makes it idempotent, its lock key makes all orders of one item go one
 * by one; the decorator only adds policy. The fingerprint is the default one: every field but the
 * key, so that the same key with another quantity is refused.
 */
@idempotent<PlaceOrder>({ name: 'place-order', ttlSeconds: 600, waitSeconds: 30 })
export class PlaceOrder
  extends RequestData<Result<Order, OrderProblem>>
  implements Idempotent, Lockable
{
  readonly idempotencyKey: string;
  readonly sku: string;
  readonly quantity: number;
  readonly card: Card;

  constructor(order: { idempotencyKey: string; sku: string; quantity: number; card: Card }) {
    super();
    this.idempotencyKey = order.idempotencyKey;
    this.sku = order.sku;
    this.quantity = order.quantity;
    this.card = order.card;
  }

  get lockKey(): string {
    return `stock:${this.sku}`;
  }
}
