import { isIdempotencyKeyReusedError } from 'qx-cache';
import type { Answer, Delivery } from './deliveries.js';
import { PlaceOrder } from './shop/commands.js';
import type { Shop } from './shop/composition.js';
import { OutOfStock } from './shop/domain.js';

/** Takes one delivery, and acknowledges it by its answer. When it throws, it is to come again. */
export type Consumer = (delivery: Delivery) => Promise<Answer>;

/** What a web route or the consumer of a queue is: a command, and an answer made of its result. */
export function consumerOf({ mediator }: Pick<Shop, 'mediator'>): Consumer {
  return async (delivery) => {
    try {
      const result = await mediator.send(new PlaceOrder(delivery));
      return result.match<Answer>(
        (order) => ({ outcome: 'accepted', order }),
        (problem) => ({ outcome: problem instanceof OutOfStock ? 'out-of-stock' : 'declined' }),
      );
    } catch (error) {
      // It would be refused each time. All else is worth another delivery.
      if (isIdempotencyKeyReusedError(error)) return { outcome: 'refused' };
      throw error;
    }
  };
}
