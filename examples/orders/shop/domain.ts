/** An order as the customer is told of it, and as the ledger keeps it. */
export interface Order {
  /** A new one each time a handler runs: a replayed order has the number of the first run. */
  readonly number: string;
  /** The idempotency key that the customer's shop sent. */
  readonly key: string;
  readonly sku: string;
  readonly quantity: number;
  readonly totalCents: number;
  readonly placedAt: Date;
}

/** Test cards, as payment services have them. `declined-once` pays at the second attempt. */
export type Card = 'good' | 'declined-once';

/** There is less in stock than was ordered. Nothing is paid. */
export class OutOfStock extends Error {
  constructor(sku: string, left: number) {
    super(`Only ${left} of "${sku}" left`);
    this.name = 'OutOfStock';
  }
}

/** The payment service said no. The same order may be sent again. */
export class PaymentDeclined extends Error {
  constructor(key: string) {
    super(`The payment of order ${key} was declined`);
    this.name = 'PaymentDeclined';
  }
}

export type OrderProblem = OutOfStock | PaymentDeclined;

/**
 * Another process has meanwhile taken over what this one was doing, and nothing was written. Not a
 * problem of the order: whoever sends it again gets the other process's answer.
 */
export class Superseded extends Error {
  constructor(what: string) {
    super(`Another process has taken over ${what}`);
    this.name = 'Superseded';
  }
}
