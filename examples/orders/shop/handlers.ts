import { randomUUID } from 'node:crypto';
import { type RequestHandler, requestHandler } from 'mediatr-ts';
import { Result } from 'qx-cache';
import { currentExecution } from 'qx-cache/mediator';
import type { Books } from './books.js';
import { priceOf } from './catalog.js';
import { PlaceOrder } from './commands.js';
import { type Order, type OrderProblem, OutOfStock, PaymentDeclined } from './domain.js';
import type { Payments } from './payments.js';

/**
 * Reads the stock, takes the money, writes the stock: plainly, for the lock keeps others out and
 * the idempotency key keeps repetitions out. Neither of them can undo what a process did before it
 * was killed, nor stop one that was only asleep. What that takes stands at each step.
 */
@requestHandler(PlaceOrder)
export class PlaceOrderHandler implements RequestHandler<PlaceOrder, Result<Order, OrderProblem>> {
  readonly #books: Books;
  readonly #payments: Payments;

  constructor(books: Books, payments: Payments) {
    this.#books = books;
    this.#payments = payments;
  }

  async handle(command: PlaceOrder): Promise<Result<Order, OrderProblem>> {
    const { idempotencyKey: key, sku, quantity, card } = command;
    const { attempt, claimToken, stockToken } = fencingOf(command);

    // A process died with this order in its hands, maybe after it had written it to the books and
    // before its result was stored. A service whose books are elsewhere would look in any case: when
    // the answer of a write gets lost for good, the handler throws, and the next run has attempt 1.
    if (attempt > 1) {
      const finished = await this.#books.takeOver(key, claimToken);
      if (finished) return Result.success(finished);
    }

    const left = await this.#books.stockOf(sku, stockToken);
    if (left < quantity) {
      // An earlier run may have taken the money and died.
      await this.#payments.refund(key);
      return Result.failure(new OutOfStock(sku, left));
    }

    // A payment is outside of anything that Redis can promise: it happens at least once. So the
    // payment service is given the key too, and does not charge one key twice.
    const totalCents = quantity * priceOf(sku);
    const isPaid = await this.#payments.charge(key, totalCents, card);
    if (!isPaid) return Result.failure(new PaymentDeclined(key));

    const order = { number: randomUUID(), key, sku, quantity, totalCents, placedAt: new Date() };
    // Stock, order and ledger in one step: whoever kills this process finds all of them or none.
    await this.#books.record(order, left - quantity, { claimToken, stockToken });
    return Result.success(order);
  }
}

/** The attempt, and the numbers by which the books know a late owner. 0 where nothing guards. */
function fencingOf({ lockKey }: PlaceOrder) {
  const execution = currentExecution();
  return {
    attempt: execution?.attempt ?? 1,
    claimToken: execution?.claimToken ?? 0,
    stockToken: execution?.tokens.get(lockKey) ?? 0,
  };
}
